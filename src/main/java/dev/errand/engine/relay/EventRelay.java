package dev.errand.engine.relay;

import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.outbox.EventFormat;
import dev.errand.engine.outbox.EventLimit;
import dev.errand.engine.outbox.EventsWritten;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Publishes the events that handlers emit: at least once, and in order for each user. */
@Singleton
final class EventRelay {

    private final boolean enabled;
    private final TopicSizeLimit limit;
    private final Relay relay;

    @Inject
    EventRelay(
            EventFormat format,
            EventLimit eventLimit,
            @ConfigProperty(name = "errand.intake.enabled", defaultValue = "true") boolean enabled,
            RowPublisher outgoing,
            RateLimitedLog limited,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.enabled = enabled;
        this.limit = new TopicSizeLimit(format.topic(), kafka, eventLimit::set);
        var events = new PendingEvents(format, limit);
        this.relay = new Relay("events", kafka, limit, limited, producer -> outgoing.publish(producer, events));
    }

    /** Runs before the first action is consumed, so that its handler already knows the size limit, unless Kafka is unavailable. */
    void start(@Observes @Priority(1) StartupEvent event) throws InterruptedException {
        if (enabled) {
            limit.refresh();
            relay.start();
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        relay.stop();
    }

    void wake(@Observes(during = TransactionPhase.AFTER_SUCCESS) EventsWritten written) {
        relay.wake();
    }
}
