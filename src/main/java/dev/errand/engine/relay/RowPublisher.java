package dev.errand.engine.relay;

import dev.errand.engine.query.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;

/**
 * Publishes waiting rows to Kafka and marks them as published in one database transaction. Each row that Kafka has acknowledged is
 * marked even if others failed; rows are published again only if the transaction itself fails. Thread-safe.
 */
@ApplicationScoped
class RowPublisher {

    private final DataSource dataSource;

    @Inject
    RowPublisher(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Publishes some of the rows that have waited longest, and quarantines those that can't be published. */
    @Transactional(rollbackOn = Exception.class)
    public PublishResult publish(Producer<byte[], byte[]> producer, PendingRows pending) throws Exception {
        try (var connection = dataSource.getConnection()) {
            var packet = lock(connection, pending.lock());
            if (packet.isEmpty()) {
                return PublishResult.NOTHING;
            }
            var next = pending.next(connection, packet.get());
            var round = new RecordSender(producer).send(next.rows()).and(next.refused());
            if (!round.published().isEmpty()) {
                pending.markPublished(connection, round.published());
            }
            if (!round.refused().isEmpty()) {
                pending.quarantine(connection, round.refused());
            }
            return round;
        }
    }

    /**
     * Locks out other processes from publishing until the transaction ends.
     *
     * @return the largest size in bytes of a row that can be read from the database; empty if another process publishes
     */
    private static Optional<Long> lock(Connection connection, String name) throws SQLException {
        var select = Sql.of(connection, """
                SELECT @@max_allowed_packet AS packet FROM outbox_relay WHERE name = :name FOR UPDATE SKIP LOCKED""");
        return select.bind("name", name).first(row -> row.getLong("packet"));
    }
}
