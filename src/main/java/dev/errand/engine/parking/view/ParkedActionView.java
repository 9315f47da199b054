package dev.errand.engine.parking.view;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.query.Truncated;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What people see of failed actions. */
public final class ParkedActionView {

    private ParkedActionView() {}

    /**
     * A failed action in a list.
     *
     * @param id its number, by which the API calls it
     * @param actionId the publisher's id; null where the record can't be read, as are the other fields of the action; null alone, as
     *     is its source, where it conflicts: they are another action's
     * @param attempts scheduled attempts that were made since it was last put on its schedule
     * @param blocking whether its user's later actions wait behind it
     * @param truncated whether the error's message is only its beginning
     */
    public record Item(
            long id,
            ParkedState state,
            boolean blocking,
            @Nullable String userId,
            @Nullable String source,
            @Nullable String actionId,
            @Nullable String type,
            @Nullable Instant occurredAt,
            String topic,
            int partition,
            long offset,
            int attempts,
            @Nullable Instant nextAttemptAt,
            @Nullable String errorClass,
            @Nullable String errorMessage,
            Instant failedAt,
            Instant changedAt,
            List<Truncated> truncated) {}

    /**
     * Failed actions that were found.
     *
     * @param next what to begin the next page with; null where this is the last one
     * @param searchedTo where not all could be looked at: what failed before this has not been
     */
    public record Found(
            List<Item> items, @Nullable Long next, @Nullable Instant searchedTo) {}

    /**
     * A failed action with all there is to know; of each value 64 KiB at most (8 KiB of key, message and reason, 32 KiB of
     * the stack trace), see {@code truncated}.
     *
     * @param payload JSON text, as published
     * @param editedPayload JSON text that attempts take instead
     * @param recordKey as text, where it is UTF-8
     * @param recordValue as text, where it is UTF-8
     * @param recordKeyBase64 byte for byte
     * @param recordValueBase64 byte for byte
     * @param recordHeaders a JSON array of names and Base64 values; null where it is too large, a text where it is masked
     * @param history a JSON array of the latest 20 failed attempts; null where it is too large
     * @param reason why it was discarded
     * @param behind how many of the user's actions wait for it or with it, counted up to 10,000
     * @param recordTimestamp the record's own; null where it has none
     * @param recordKeyBytes the size of the key; null where there is none
     * @param recordValueBytes the size of the value; null for a tombstone
     * @param recordHeadersBytes the size of the headers as they are stored, in JSON and Base64
     * @param masked whether payloads, headers and what may quote them are hidden
     * @param corrected whether somebody has said what the record was meant to be
     * @param truncated of which values this is not the whole, with where to get it
     */
    public record Detail(
            Item action,
            @Nullable String payload,
            @Nullable String editedPayload,
            @Nullable String recordKey,
            @Nullable String recordValue,
            @Nullable String recordKeyBase64,
            @Nullable String recordValueBase64,
            @JsonRawValue @Nullable String recordHeaders,
            @Nullable String stackTrace,
            @JsonRawValue @Nullable String history,
            @Nullable String bulkRetry,
            @Nullable String reason,
            long behind,
            @Nullable Instant recordTimestamp,
            @Nullable Long recordKeyBytes,
            @Nullable Long recordValueBytes,
            long recordHeadersBytes,
            boolean masked,
            boolean corrected,
            List<Truncated> truncated) {

        /** Whether the field of this name is not the whole value, or where it is JSON is left out. */
        public boolean isTruncated(String field) {
            return truncated.stream().anyMatch(each -> each.value().equals(field));
        }
    }

    /**
     * How many failed actions of a type there are with an error, in a state.
     *
     * @param exampleId the latest of them
     * @param exampleMessage its error's message, or the beginning of that
     */
    public record Group(
            ParkedState state,
            @Nullable String errorClass,
            @Nullable String type,
            long count,
            Instant first,
            Instant last,
            long exampleId,
            @Nullable String exampleMessage) {}

    /**
     * What a bulk retry would be for.
     *
     * @param count how many dead actions, of the latest 10,000 that match
     * @param more whether older ones than those match, which are not counted
     * @param leftOut how many match and are not retried: they can't be read, conflict, or died later
     * @param users how many users they are of
     * @param mostUsers those with the most of them, 20 at most
     * @param types of how many types they are
     * @param mostTypes those with the most of them, 20 at most
     * @param until those that died up to then are counted
     */
    public record BulkPreview(
            long count,
            boolean more,
            long leftOut,
            int users,
            List<Share> mostUsers,
            int types,
            List<Share> mostTypes,
            Instant until) {}

    /** How many actions are a user's, or of a type. */
    public record Share(String name, long count) {}

    /** Whether a bulk retry goes on. */
    public enum JobState {
        /** Some process takes its next step when that is due. */
        RUNNING,
        /** All that were to be retried have been put on their schedules. */
        DONE,
        /** Somebody stopped it: what had not been put on its schedule stays dead. */
        STOPPED
    }

    /**
     * A bulk retry.
     *
     * @param filter which dead actions it is for; {@code to} is at the latest when it began
     * @param examined how many dead actions were looked at
     * @param scheduled how many of them were put on their schedules; the others can't be read, or were no longer dead
     * @param problem why its last step could not be taken, and is tried again; null where it was
     * @param stoppedBy who stopped it
     */
    public record BulkRetry(
            UUID id,
            JobState state,
            ParkedActionFilter filter,
            int perSecond,
            String actor,
            Instant createdAt,
            @Nullable Instant endedAt,
            @Nullable String stoppedBy,
            long examined,
            long scheduled,
            @Nullable String problem) {}

    /**
     * A bulk retry and what became of its actions.
     *
     * @param states how many of the scheduled ones are in each state now
     */
    public record BulkProgress(BulkRetry retry, List<BulkState> states) {}

    /**
     * How many actions of a bulk retry are in a state.
     *
     * @param count up to 10,000: as many may be more
     */
    public record BulkState(ParkedState state, long count) {}

    /**
     * An entry of the audit.
     *
     * @param id its number, for the next page
     * @param detail JSON; null where it is larger than 4 KiB
     * @param truncated where the detail is then
     */
    public record AuditEntry(
            long id,
            Instant at,
            String actor,
            String operation,
            @JsonRawValue @Nullable String detail,
            List<Truncated> truncated) {}
}
