package dev.errand.engine.relay;

import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.parking.deadletter.DeadLetterReader;
import dev.errand.engine.retry.DeadLetterConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Publishes dead actions to the dead-letter topic, if one is configured: at least once, after they were committed as dead. */
@Singleton
final class DeadLetterRelay {

    private final Optional<Relay> relay;

    @Inject
    DeadLetterRelay(
            DeadLetterConfig config,
            @ConfigProperty(name = "errand.intake.enabled", defaultValue = "true") boolean enabled,
            RowPublisher outgoing,
            DeadLetterReader reader,
            RateLimitedLog limited,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.relay =
                config.topic().filter(topic -> enabled).map(topic -> relay(topic, outgoing, reader, limited, kafka));
    }

    private static Relay relay(
            String topic,
            RowPublisher outgoing,
            DeadLetterReader reader,
            RateLimitedLog limited,
            Map<String, Object> kafka) {
        // Dead letters are few and large. A batch of one can only be refused for its own record, also while the topic's
        // limit is not known.
        Map<String, Object> singly = new HashMap<>(kafka);
        singly.put(ProducerConfig.BATCH_SIZE_CONFIG, 1);
        var limit = new TopicSizeLimit(topic, singly, any -> {});
        var letters = new PendingDeadLetters(topic, limit, reader);
        return new Relay("dead actions", singly, limit, limited, producer -> outgoing.publish(producer, letters));
    }

    void start(@Observes StartupEvent event) {
        relay.ifPresent(Relay::start);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (relay.isPresent()) {
            relay.get().stop();
        }
    }
}
