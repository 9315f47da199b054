package dev.errand.relay;

import dev.errand.failure.DeadLetters;
import dev.errand.failure.DeadLetters.DeadLetter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;
import javax.sql.DataSource;

/** Publishes what the database says is to be published, and says so there: one transaction around both. Thread-safe. */
@ApplicationScoped
class Outgoing {

    private static final int BATCH = 100;

    private final DataSource dataSource;

    @Inject
    Outgoing(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Publishes, and returns when Kafka has it all. */
    @FunctionalInterface
    interface Send<T> {
        void send(List<T> letters) throws Exception;
    }

    /**
     * Publishes some dead actions. When it throws they are published again: at least once.
     *
     * @return how many
     */
    @Transactional(rollbackOn = Exception.class)
    public int deadLetters(Send<DeadLetter> send) throws Exception {
        try (var connection = dataSource.getConnection()) {
            var letters = DeadLetters.take(connection, BATCH);
            if (!letters.isEmpty()) {
                send.send(letters);
                DeadLetters.published(connection, letters);
            }
            return letters.size();
        }
    }
}
