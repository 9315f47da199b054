package dev.errand.relay;

import dev.errand.failure.DeadLetterConfig;
import dev.errand.failure.DeadLetters.DeadLetter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes dead actions to the dead-letter topic, if there is one: at least once, after they were committed as dead. On a
 * thread of its own.
 */
@Singleton
final class DeadLetterRelay {

    private static final Logger LOG = Logger.getLogger(DeadLetterRelay.class);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(5);
    private static final Duration LAST_BATCH = Duration.ofSeconds(5);

    /** Less than a transaction may take. */
    private static final int DELIVERY_MILLIS = 20_000;

    private final DeadLetterConfig config;
    private final Outgoing outgoing;
    private final Map<String, Object> kafka;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread thread;

    /** @param kafka what leads to the broker, for all clients */
    @Inject
    DeadLetterRelay(
            DeadLetterConfig config, Outgoing outgoing, @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.config = config;
        this.outgoing = outgoing;
        this.kafka = kafka;
    }

    void start(@Observes StartupEvent event) {
        config.topic().ifPresent(topic -> {
            var started = new Thread(null, () -> run(topic), "errand-dead-letters", 0, false);
            thread = started;
            started.start();
        });
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        if (thread != null) {
            thread.join(LAST_BATCH.toMillis());
        }
    }

    private void run(String topic) {
        try (var producer = producer()) {
            var wait = Duration.ZERO;
            while (!stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                wait = publish(producer, topic);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return how long to wait before the next ones */
    private Duration publish(KafkaProducer<byte[], byte[]> producer, String topic) throws InterruptedException {
        try {
            var published = outgoing.deadLetters(letters -> send(producer, topic, letters));
            return published > 0 ? Duration.ZERO : POLL_INTERVAL;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.warnf("Dead actions can't be published to %s yet: %s", topic, e.getMessage());
            LOG.debug("Because", e);
            return AFTER_TROUBLE;
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, List<DeadLetter> letters)
            throws ExecutionException, InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (var letter : letters) {
            sent.add(producer.send(record(topic, letter)));
        }
        for (var each : sent) {
            each.get();
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

    private KafkaProducer<byte[], byte[]> producer() throws KafkaException {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS / 2);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
