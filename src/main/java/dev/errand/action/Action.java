package dev.errand.action;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * User U did T at time O.
 *
 * @param key its identity
 * @param type what was done, such as {@code order.placed}
 * @param userId who did it; the actions of one user are handled in partition order, one at a time
 * @param occurredAt when, to the microsecond, as its publisher says
 * @param payload what else there is to know: the JSON text inside Errand, a record of the handler's own in a handler
 * @param traceContext the W3C trace it was published in; null where its record names none, and in a scheduled attempt where
 *     only the value of a CloudEvent does
 * @param position where in Kafka it came from
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

    /** The same action with another form of its payload. */
    public <P> Action<P> withPayload(P other) {
        return new Action<>(key, type, userId, occurredAt, other, traceContext, position);
    }

    /** {@link #occurredAt} as MySQL's DATETIME has it here: in UTC, without a zone. */
    public LocalDateTime occurredAtUtc() {
        return LocalDateTime.ofEpochSecond(occurredAt.getEpochSecond(), occurredAt.getNano(), ZoneOffset.UTC);
    }

    /** Names the action without its payload, which may be private. */
    @Override
    public String toString() {
        return type + " " + key + " from " + position;
    }
}
