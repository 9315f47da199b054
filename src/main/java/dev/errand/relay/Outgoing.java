package dev.errand.relay;

import dev.errand.failure.DeadLetters;
import dev.errand.failure.DeadLetters.DeadLetter;
import dev.errand.outbox.Emitted;
import dev.errand.outbox.Outbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Publishes what the database says is to be published, and says so there: one transaction around both. When it fails between
 * them, all is published again: at least once. Thread-safe.
 */
@ApplicationScoped
class Outgoing {

    private static final int LETTERS = 20;
    private static final int EVENTS = 500;

    private final DataSource dataSource;

    @Inject
    Outgoing(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** @return how many dead actions were published */
    @Transactional(rollbackOn = Exception.class)
    public int deadLetters(
            KafkaProducer<byte[], byte[]> producer, Function<DeadLetter, ProducerRecord<byte[], byte[]>> record)
            throws Exception {
        try (var connection = dataSource.getConnection()) {
            var letters =
                    isMine(connection, "dead letters") ? DeadLetters.take(connection, LETTERS) : List.<DeadLetter>of();
            if (!letters.isEmpty()) {
                send(producer, letters.stream().map(record).toList());
                DeadLetters.published(connection, letters);
            }
            return letters.size();
        }
    }

    /** @return how many events were published */
    @Transactional(rollbackOn = Exception.class)
    public int events(KafkaProducer<byte[], byte[]> producer, Function<Emitted, ProducerRecord<byte[], byte[]>> record)
            throws Exception {
        try (var connection = dataSource.getConnection()) {
            var events = isMine(connection, "events") ? Outbox.take(connection, EVENTS) : List.<Outbox.Waiting>of();
            if (!events.isEmpty()) {
                send(
                        producer,
                        events.stream().map(Outbox.Waiting::event).map(record).toList());
                Outbox.remove(connection, events);
            }
            return events.size();
        }
    }

    /** Whether this process publishes now, and no other until the transaction ends. */
    private static boolean isMine(Connection connection, String what) throws SQLException {
        try (var statement =
                connection.prepareStatement("SELECT name FROM outbox_relay WHERE name = ? FOR UPDATE SKIP LOCKED")) {
            statement.setString(1, what);
            try (var result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    /** Sends all, and returns when Kafka has them. What is too large for the topic goes without its value, and says so. */
    private static void send(KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (var record : records) {
            var future = producer.send(record);
            if (future.isDone() && !isTooLarge(future)) {
                // At once means that it was not even tried: the others would wait in vain one after the other.
                future.get();
            }
            sent.add(future);
        }
        for (int i = 0; i < sent.size(); i++) {
            if (isTooLarge(sent.get(i))) {
                var record = records.get(i);
                record.headers().add("errand-error-value", "left out: too large".getBytes(StandardCharsets.UTF_8));
                producer.send(new ProducerRecord<>(record.topic(), null, record.key(), new byte[0], record.headers()))
                        .get();
            }
        }
    }

    private static boolean isTooLarge(Future<RecordMetadata> sent) throws Exception {
        try {
            sent.get();
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException) {
                return true;
            }
            throw e;
        }
    }
}
