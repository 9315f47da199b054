package dev.errand.engine.parking.deadletter;

import dev.errand.engine.parking.deadletter.DeadLetters.DeadLetter;
import dev.errand.engine.parking.deadletter.DeadLetters.Part;
import dev.errand.engine.parking.deadletter.DeadLetters.Waiting;
import dev.errand.engine.query.Masking;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * Reads dead actions as they may be published: what is masked is masked in their errors too, which the headers of the dead-letter
 * topic have. Immutable and thread-safe.
 */
@Singleton
public class DeadLetterReader {

    private final Masking masking;

    @Inject
    DeadLetterReader(Masking masking) {
        this.masking = masking;
    }

    /**
     * Reads one.
     *
     * @param without what is not even read of its record
     * @return empty if it has gone meanwhile
     */
    public Optional<DeadLetter> read(Connection connection, Waiting waiting, Set<Part> without) throws SQLException {
        return DeadLetters.read(connection, waiting, without, masking);
    }
}
