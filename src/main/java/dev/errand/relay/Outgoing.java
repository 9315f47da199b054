package dev.errand.relay;

import dev.errand.failure.DeadLetters;
import dev.errand.failure.DeadLetters.DeadLetter;
import dev.errand.outbox.Emitted;
import dev.errand.outbox.Outbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Publishes what the database says is to be published, and says so there: one transaction around both. When it fails between
 * them, all is published again: at least once. Thread-safe.
 */
@ApplicationScoped
class Outgoing {

    private static final int LETTERS = 100;
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
            var letters = DeadLetters.take(connection, LETTERS);
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
            var events = Outbox.take(connection, EVENTS);
            if (!events.isEmpty()) {
                send(
                        producer,
                        events.stream().map(Outbox.Waiting::event).map(record).toList());
                Outbox.remove(connection, events);
            }
            return events.size();
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (var record : records) {
            sent.add(producer.send(record));
        }
        for (var each : sent) {
            each.get();
        }
    }
}
