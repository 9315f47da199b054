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
 * Reads dead actions for publishing. The error message of a masked type is masked, because it goes into a header of the dead letter.
 * Immutable and thread-safe.
 */
@Singleton
public class DeadLetterReader {

    private final Masking masking;

    @Inject
    DeadLetterReader(Masking masking) {
        this.masking = masking;
    }

    /**
     * Reads a dead action.
     *
     * @param without the parts of its record that are too large to be read
     * @return empty if the row has been deleted in the meantime
     */
    public Optional<DeadLetter> read(Connection connection, Waiting waiting, Set<Part> without) throws SQLException {
        return DeadLetters.read(connection, waiting, without, masking);
    }
}
