package dev.errand.relay;

import dev.errand.logging.RateLimitedLog;
import dev.errand.outbox.Emitted;
import dev.errand.work.EventsWritten;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Publishes what handlers emit, as CloudEvents in binary mode: each user's in order, at least once. By their Kafka protocol
 * binding, version 1.0.2.
 */
@Singleton
final class EventRelay {

    private final String topic;
    private final String source;
    private final boolean enabled;
    private final Relay relay;

    /** @param source what the events' source attribute says */
    @Inject
    EventRelay(
            @ConfigProperty(name = "errand.events.topic", defaultValue = "errand-events") String topic,
            @ConfigProperty(name = "errand.events.source", defaultValue = "errand") String source,
            @ConfigProperty(name = "errand.intake.enabled", defaultValue = "true") boolean enabled,
            Outgoing outgoing,
            RateLimitedLog limited,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.topic = topic;
        this.source = source;
        this.enabled = enabled;
        this.relay = new Relay("events", kafka, limited, producer -> outgoing.events(producer, this::record));
    }

    void start(@Observes StartupEvent event) {
        if (enabled) {
            relay.start();
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        relay.stop();
    }

    void wake(@Observes(during = TransactionPhase.AFTER_SUCCESS) EventsWritten written) {
        relay.wake();
    }

    private ProducerRecord<byte[], byte[]> record(Emitted event) {
        var record = new ProducerRecord<>(topic, null, bytes(event.userId()), bytes(event.payload()));
        record.headers()
                .add("ce_specversion", bytes("1.0"))
                .add("ce_id", bytes(event.id()))
                .add("ce_source", bytes(source))
                .add("ce_type", bytes(event.type()))
                .add("ce_subject", bytes(event.userId()))
                .add(
                        "ce_time",
                        bytes(event.occurredAt()
                                .atOffset(ZoneOffset.UTC)
                                .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME)))
                .add("content-type", bytes("application/json"));
        var traceparent = event.traceparent();
        if (traceparent != null) {
            record.headers().add("ce_traceparent", bytes(traceparent)).add("traceparent", bytes(traceparent));
        }
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
