package dev.errand.service.history;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.errand.engine.query.Truncated;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What people see of actions and users. */
public final class HistoryView {

    private HistoryView() {}

    /** Where an action is in its life. */
    public enum ActionState {
        /** Its effects are committed. */
        DONE,
        /** It failed and is tried again. */
        RETRYING,
        /** It waits behind an earlier failed action of its user. */
        WAITING,
        /** It failed for good, and waits for somebody to put it right. */
        DEAD,
        /** Somebody decided that it is never to be done. */
        DISCARDED
    }

    /**
     * An action of the ledger.
     *
     * @param seq its place in the order of processing
     * @param payload JSON; masked where its type is; null where it is too large, see {@code truncated}
     * @param payloadStart how a payload begins that is too large: a text, as half a JSON value is none
     * @param processedAt when its effects were committed; null where they were not
     * @param failedActionId by which {@code /api/failed-actions} knows it; null where it never failed nor waited
     */
    public record Entry(
            long seq,
            String source,
            String id,
            String userId,
            String type,
            Instant occurredAt,
            @JsonRawValue @Nullable String payload,
            @Nullable String payloadStart,
            String topic,
            int partition,
            long offset,
            ActionState state,
            @Nullable Instant processedAt,
            @Nullable Long failedActionId,
            List<Truncated> truncated) {}

    /**
     * A page of actions.
     *
     * @param next what to give as {@code before} to get the next page; null on the last one
     */
    public record Entries(List<Entry> items, @Nullable Long next) {}

    /**
     * What happened to an action at a time.
     *
     * @param what such as {@code occurred}, {@code failed}, {@code retry} by hand, {@code done}
     * @param actor who did it by hand; null where nobody did
     * @param detail an error's class and message, a reason; null where there is none
     */
    public record Step(
            Instant at,
            String what,
            @Nullable String actor,
            @Nullable String detail) {}

    /** An action and its life so far, in the order of time. */
    public record Life(Entry action, List<Step> steps) {}

    /**
     * A user's activity.
     *
     * @param waiting how many of the user's actions have failed or wait behind such a one, counted up to 10,000
     */
    public record Activity(
            String userId,
            long actionCount,
            @Nullable Instant firstActionAt,
            @Nullable Instant lastActionAt,
            @Nullable String lastActionType,
            long waiting) {}
}
