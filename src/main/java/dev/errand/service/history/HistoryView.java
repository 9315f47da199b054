package dev.errand.service.history;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.errand.engine.query.Truncated;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The history of actions and users, as API and console show it. */
public final class HistoryView {

    private HistoryView() {}

    /** The state of an action. */
    public enum ActionState {
        /** Its effects are committed. */
        DONE,
        /** It failed and will be tried again. */
        RETRYING,
        /** It waits behind an earlier failed action of its user. */
        WAITING,
        /** It gets no more attempts until an operator retries or edits it. */
        DEAD,
        /** An operator decided that it is never processed. */
        DISCARDED
    }

    /**
     * An action of the ledger.
     *
     * @param seq its place in the order of processing
     * @param payload JSON; a mask if its type is masked; null if it is too large, see {@code truncated}
     * @param payloadStart the beginning of a payload that is too large, as text, because a part of a JSON value is not
     *     JSON; otherwise null
     * @param processedAt when its effects were committed; null if they are not
     * @param failedActionId its id in {@code /api/failed-actions}; null if it was never parked
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
     * @param next the value of {@code before} for the next page; null on the last page
     */
    public record Entries(List<Entry> items, @Nullable Long next) {}

    /**
     * One event in the history of an action.
     *
     * @param what the event, such as {@code occurred}, {@code failed} or {@code done}, or a manual operation such as
     *     {@code retry}
     * @param actor who performed the manual operation; null for other events
     * @param detail an error's class and message, or the address of all attempts; null if there is none
     */
    public record Step(
            Instant at,
            String what,
            @Nullable String actor,
            @Nullable String detail) {}

    /** An action and its history, in order of time. */
    public record Life(Entry action, List<Step> steps) {}

    /**
     * A user's activity.
     *
     * @param waiting how many of the user's parked actions are unfinished, counted up to 10,000
     */
    public record Activity(
            String userId,
            long actionCount,
            @Nullable Instant firstActionAt,
            @Nullable Instant lastActionAt,
            @Nullable String lastActionType,
            long waiting) {}
}
