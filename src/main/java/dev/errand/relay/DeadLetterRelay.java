package dev.errand.relay;

import dev.errand.failure.DeadLetterConfig;
import dev.errand.failure.DeadLetters.DeadLetter;
import dev.errand.logging.RateLimitedLog;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Publishes dead actions to the dead-letter topic, if there is one: at least once, after they were committed as dead. */
@Singleton
final class DeadLetterRelay {

    private final Optional<Relay> relay;

    @Inject
    DeadLetterRelay(
            DeadLetterConfig config,
            @ConfigProperty(name = "errand.intake.enabled", defaultValue = "true") boolean enabled,
            Outgoing outgoing,
            RateLimitedLog limited,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.relay = config.topic()
                .filter(topic -> enabled)
                .map(topic -> new Relay(
                        "dead actions",
                        kafka,
                        limited,
                        producer -> outgoing.deadLetters(producer, letter -> record(topic, letter))));
    }

    void start(@Observes StartupEvent event) {
        relay.ifPresent(Relay::start);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (relay.isPresent()) {
            relay.get().stop();
        }
    }

    /** The original's key, value and headers, and why it is dead. */
    private static ProducerRecord<byte[], byte[]> record(String topic, DeadLetter letter) {
        var original = letter.original();
        var record = new ProducerRecord<>(topic, null, original.key(), original.value());
        original.headers().forEach(header -> record.headers().add(header.name(), header.value()));
        var where = original.coordinates();
        add(record, "errand-error-class", letter.errorClass());
        add(record, "errand-error-message", letter.errorMessage());
        add(record, "errand-error-failed-action", String.valueOf(letter.seq()));
        add(record, "errand-error-topic", where.topic());
        add(record, "errand-error-partition", String.valueOf(where.partition()));
        add(record, "errand-error-offset", String.valueOf(where.offset()));
        add(record, "errand-error-timestamp", String.valueOf(original.timestamp()));
        return record;
    }

    private static void add(ProducerRecord<byte[], byte[]> record, String name, @Nullable String value) {
        if (value != null) {
            record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }
}
