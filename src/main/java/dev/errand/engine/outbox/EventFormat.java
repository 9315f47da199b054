package dev.errand.engine.outbox;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Makes records of events: CloudEvents in binary mode, as the
 * <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka protocol
 * binding</a> 1.0.2 defines. Immutable and thread-safe.
 */
@Singleton
public final class EventFormat {

    private final String topic;
    private final String source;

    /** @param source the {@code source} attribute of all events */
    @Inject
    EventFormat(
            @ConfigProperty(name = "errand.events.topic") String topic,
            @ConfigProperty(name = "errand.events.source", defaultValue = "errand") String source) {
        this.topic = topic;
        this.source = source;
    }

    /** The topic to which events are published. */
    public String topic() {
        return topic;
    }

    /** The record of an event. */
    public ProducerRecord<byte[], byte[]> record(OutboxEvent event) {
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
        var trace = event.traceContext();
        if (trace != null) {
            var parent = bytes(trace.traceparent());
            record.headers().add("ce_traceparent", parent).add("traceparent", parent);
            if (trace.tracestate() != null) {
                var state = bytes(trace.tracestate());
                record.headers().add("ce_tracestate", state).add("tracestate", state);
            }
        }
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
