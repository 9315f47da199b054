package dev.errand.engine.parking.view;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.query.Truncated;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The data that operators see of parked actions, in API and console. */
public final class ParkedActionView {

    private ParkedActionView() {}

    /**
     * A parked action in a list.
     *
     * @param id the parked action's id in the API, which is its primary key
     * @param blocking whether the user's later actions wait behind it
     * @param userId null if not known, because the record can't be read
     * @param source the publisher; null if the record can't be read, or if source and id belong to another action
     * @param actionId the publisher's id of the action; null if the source is null
     * @param type null if the record can't be read
     * @param occurredAt null if the record can't be read
     * @param attempts how many scheduled attempts were made since it was last put on its schedule
     * @param nextAttemptAt when the next attempt is due or, while an attempt runs, when its lease ends; null if it is not RETRYING
     * @param truncated lists the error message if only its beginning is given
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
     * A page of parked actions.
     *
     * @param next the id to get the next page with; null if this page is the last one
     * @param searchedTo how far back the search got, if it could not examine all actions; otherwise null
     */
    public record Found(
            List<Item> items, @Nullable Long next, @Nullable Instant searchedTo) {}

    /**
     * A parked action with all its data. Each value has at most 64 KiB (8 KiB for key, message and reason, 32 KiB for the stack
     * trace), see {@code truncated}.
     *
     * @param payload JSON text, as published
     * @param editedPayload JSON text that attempts take instead
     * @param recordKey as text; null if it is not UTF-8
     * @param recordValue as text; null if it is not UTF-8
     * @param recordKeyBase64 the key's bytes
     * @param recordValueBase64 the value's bytes; null if they are masked
     * @param recordHeaders a JSON array of names and Base64 values; null if it is too large, a string if it is masked
     * @param history a JSON array of the latest 20 failed attempts; null if it is too large
     * @param bulkRetry the id of the bulk retry that scheduled it last; null if there was none
     * @param reason why it was discarded
     * @param behind how many actions of the user wait and come after it, counted up to 10,000
     * @param recordTimestamp the record's timestamp; null if it has none
     * @param recordKeyBytes the size of the key; null if there is none
     * @param recordValueBytes the size of the value; null for a tombstone
     * @param recordHeadersBytes the size of the headers as they are stored, in JSON and Base64
     * @param masked whether payloads, headers and whatever may quote them are masked
     * @param corrected whether an operator has corrected the record
     * @param truncated the values that are not given as a whole, with links to the whole values
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

        /** Returns whether the field holds only the beginning of its value, or is left out because half of a JSON text is none. */
        public boolean isTruncated(String field) {
            return truncated.stream().anyMatch(each -> each.value().equals(field));
        }
    }

    /**
     * How many parked actions have the same state, error class and type.
     *
     * @param first when the first of them failed
     * @param last when the last of them failed
     * @param exampleId the id of the latest one
     * @param exampleMessage the error message of the latest one, or its beginning
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
     * The dead actions that a bulk retry would retry.
     *
     * @param count how many there are among the latest 10,000 that match
     * @param more whether older actions match too, which are not counted
     * @param leftOut how many match but are not retried, because they can't be read, conflict, or died too late
     * @param users how many users the actions belong to
     * @param mostUsers the users with the most actions, 20 at most
     * @param types how many types the actions have
     * @param mostTypes the types with the most actions, 20 at most
     * @param until actions that died after this are not counted
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

    /** How many actions a user or a type has. */
    public record Share(String name, long count) {}

    /** The state of a bulk retry. */
    public enum JobState {
        /** Some process takes its next step when that is due. */
        RUNNING,
        /** All its actions have been put on their schedules. */
        DONE,
        /** An operator stopped it: the actions that it had not put on their schedules stay dead. */
        STOPPED
    }

    /**
     * A bulk retry.
     *
     * @param filter which dead actions it is for; {@code to} is not later than the beginning of the bulk retry
     * @param perSecond how many actions become due in a second
     * @param actor the operator who began it
     * @param endedAt when it was done or stopped; null while it runs
     * @param stoppedBy the operator who stopped it; null if nobody did
     * @param examined how many dead actions were examined
     * @param scheduled how many of them were put on their schedules; the others can't be read, conflict, died later, or were no longer
     *     dead
     * @param problem why its last step failed, which is tried again; null if the step succeeded
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
     * A bulk retry and the present states of its actions.
     *
     * @param states how many of the scheduled actions are in each state now
     */
    public record BulkProgress(BulkRetry retry, List<BulkState> states) {}

    /**
     * How many actions of a bulk retry are in a state.
     *
     * @param count is not counted beyond 10,000, so 10,000 means that many or more
     */
    public record BulkState(ParkedState state, long count) {}

    /**
     * An audit entry.
     *
     * @param id the entry's primary key, by which the next page is asked for
     * @param actor the operator
     * @param operation such as {@code discard}
     * @param detail JSON; null if it is larger than 4 KiB
     * @param truncated the link to the detail if it is larger; otherwise empty
     */
    public record AuditEntry(
            long id,
            Instant at,
            String actor,
            String operation,
            @JsonRawValue @Nullable String detail,
            List<Truncated> truncated) {}
}
