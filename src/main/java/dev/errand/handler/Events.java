package dev.errand.handler;

/**
 * Publishes events from an {@link ActionHandler}, into which it is injected. An event is committed with the handler's other
 * effects or not at all, and is then published to Kafka as a CloudEvent: a user's events in order, each at least once, and always
 * with the same id. It may only be used on the handler's own thread while the handler runs.
 */
public interface Events {

    /**
     * Publishes an event about the user whose action is being handled.
     *
     * @param type what happened, 1 to 100 characters of {@code [A-Za-z0-9._-]}
     * @param payload the event's data; this call serializes it to JSON, so later changes to it have no effect. In a native image its
     *     class needs Quarkus's {@code @RegisterForReflection}, unless it is a map
     * @throws IllegalArgumentException if the type is illegal or the payload can't be written as JSON
     * @throws NonRetryableException if the event's record, with key and headers, is larger than its topic accepts; the message names
     *     both sizes
     * @throws IllegalStateException if no action is being handled on this thread
     */
    void emit(String type, Object payload);
}
