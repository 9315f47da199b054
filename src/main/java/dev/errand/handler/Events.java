package dev.errand.handler;

/**
 * Publishes events from an {@link ActionHandler}, where it is injected. An event is written with the handler's other effects,
 * or not at all, and then published to Kafka as a CloudEvent: a user's events in order, each at least once, always with the
 * same id. To be used on the handler's own thread, while it runs.
 */
public interface Events {

    /**
     * Publishes an event about the user whose action is being handled.
     *
     * @param type what happened, 1 to 100 of {@code [A-Za-z0-9._-]}
     * @param payload written as JSON now; later changes of it do not matter. In a native image its class needs Quarkus's
     *     {@code @RegisterForReflection}, unless it is a map
     * @throws IllegalArgumentException if the type is illegal or the payload can't be written as JSON
     * @throws NonRetryableException if the event, as a record with its key and headers, is larger than its topic takes; says both
     *     sizes
     * @throws IllegalStateException if no action is being handled on this thread
     */
    void emit(String type, Object payload);
}
