package dev.errand.service.metrics;

import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/** Reads with a client of its own where the consumer of user actions is stalled, to find out why. Thread-safe. */
@Singleton
final class ProbeConsumer {

    private static final Logger LOG = Logger.getLogger(ProbeConsumer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Map<String, Object> kafka;

    @Inject
    ProbeConsumer(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.kafka = kafka;
    }

    /**
     * What prevents consumers from reading there; empty if this one could read. Takes up to about 20 s while Kafka
     * answers slowly.
     */
    Optional<String> hindrance(TopicPartition partition, long offset) {
        var where = partition + " from offset " + offset;
        try {
            if (isRead(partition, offset, IsolationLevel.READ_COMMITTED)) {
                return Optional.empty();
            }
            return Optional.of(
                    isRead(partition, offset, IsolationLevel.READ_UNCOMMITTED)
                            ? "a producer's transaction is open in " + where
                                    + ", and nothing behind it can be read until it ends"
                            : "another client receives nothing from " + where + " either");
        } catch (RuntimeException | LinkageError e) {
            LOG.debugf(e, "%s can't be read", where);
            return Optional.of("Kafka's client can't read " + where + ", " + described(e));
        }
    }

    /** Whether a read makes progress, if only past offsets that are not records, such as transaction markers. */
    private boolean isRead(TopicPartition partition, long offset, IsolationLevel level) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "errand-trial-read");
        // Quarkus gives every client a group, possibly that of the user actions. This client must not belong to it.
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, level.toString().toLowerCase(Locale.ROOT));
        var reader = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            reader.assign(List.of(partition));
            reader.seek(partition, offset);
            return !reader.poll(PATIENCE).isEmpty() || reader.position(partition, PATIENCE) > offset;
        } finally {
            reader.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }

    private static String described(Throwable thrown) {
        var cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == thrown ? thrown.toString() : thrown + ", caused by " + cause;
    }
}
