package dev.errand.action;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * What one user did at one time.
 *
 * @param key the action's identity
 * @param type what the user did, such as {@code order.placed}
 * @param userId the user; the actions of one user are handled in partition order, one at a time
 * @param occurredAt when the user did it, to the microsecond, as the publisher says
 * @param payload the details: JSON text inside Errand, an object of the handler's payload type in a handler
 * @param traceContext the W3C trace that the action was published in; null if its record names none. A scheduled attempt reads it
 *     from the record's headers only, so there it is also null if only the CloudEvent in the record's value names it
 * @param position where in Kafka the action came from
 * @param <T> the payload's type
 */
public record Action<T>(
        ActionKey key,
        String type,
        String userId,
        Instant occurredAt,
        T payload,
        @Nullable TraceContext traceContext,
        RecordPosition position) {

    /** Returns the same action with another payload. */
    public <P> Action<P> withPayload(P other) {
        return new Action<>(key, type, userId, occurredAt, other, traceContext, position);
    }

    /** Returns {@link #occurredAt} as the DATETIME columns store it: in UTC, without a zone. */
    public LocalDateTime occurredAtUtc() {
        return LocalDateTime.ofEpochSecond(occurredAt.getEpochSecond(), occurredAt.getNano(), ZoneOffset.UTC);
    }

    /** Leaves out the payload, which may be private. */
    @Override
    public String toString() {
        return type + " " + key + " from " + position;
    }
}
