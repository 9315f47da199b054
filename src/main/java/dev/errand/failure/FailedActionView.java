package dev.errand.failure;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What people see of failed actions. */
public final class FailedActionView {

    private FailedActionView() {}

    /**
     * A failed action in a list.
     *
     * @param id its number, by which the API calls it
     * @param actionId the publisher's id; null where the record can't be read, as are the other fields of the action; null alone, as
     *     is its source, where it conflicts: they are another action's
     * @param attempts scheduled attempts that were made since it was last put on its schedule
     * @param blocking whether its user's later actions wait behind it
     */
    public record Item(
            long id,
            FailedState state,
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
            Instant changedAt) {}

    /**
     * A failed action with all there is to know.
     *
     * @param payload JSON text, as published
     * @param editedPayload JSON text that attempts take instead
     * @param recordKey as text, where it is UTF-8
     * @param recordValue as text, where it is UTF-8
     * @param recordKeyBase64 byte for byte
     * @param recordValueBase64 byte for byte
     * @param recordHeaders a JSON array of names and Base64 values
     * @param history a JSON array of all failed attempts
     * @param reason why it was discarded
     * @param behind how many of the user's actions wait for it or with it
     */
    public record Detail(
            Item action,
            @Nullable String payload,
            @Nullable String editedPayload,
            @Nullable String recordKey,
            @Nullable String recordValue,
            @Nullable String recordKeyBase64,
            @Nullable String recordValueBase64,
            @JsonRawValue String recordHeaders,
            @Nullable String stackTrace,
            @JsonRawValue String history,
            @Nullable String bulkRetry,
            @Nullable String reason,
            long behind) {}

    /** How many failed actions of a type there are with an error, in a state. */
    public record Group(
            FailedState state,
            @Nullable String errorClass,
            @Nullable String type,
            long count,
            Instant first,
            Instant last,
            @Nullable String exampleMessage) {}

    /** How a bulk retry stands: how many of its actions are in a state. */
    public record BulkState(FailedState state, long count) {}

    /** An entry of the audit. */
    public record AuditEntry(
            Instant at,
            String actor,
            String deed,
            @JsonRawValue String detail) {}
}
