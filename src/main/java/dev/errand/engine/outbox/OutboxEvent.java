package dev.errand.engine.outbox;

import dev.errand.action.ActionKey;
import dev.errand.action.TraceContext;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * An event that a handler emits.
 *
 * @param id the same each time the handler emits it for the same action, so that consumers can recognise duplicates
 * @param userId the user of that action; a user's events are published in order
 * @param type what happened, such as {@code points.granted}
 * @param payload the payload as JSON text
 * @param cause the action whose handler emits it
 * @param occurredAt when that action occurred, in UTC
 * @param traceContext the trace context of the action; null if it has none
 */
public record OutboxEvent(
        String id,
        String userId,
        String type,
        String payload,
        ActionKey cause,
        LocalDateTime occurredAt,
        @Nullable TraceContext traceContext) {}
