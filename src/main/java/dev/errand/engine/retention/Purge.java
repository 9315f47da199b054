package dev.errand.engine.retention;

import dev.errand.engine.ledger.ExpiredActions;
import dev.errand.engine.ledger.PurgedRange;
import dev.errand.engine.parking.ExpiredParkedActions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How the old rows of a table are deleted.
 *
 * @param age the age from which rows are deleted
 * @param batch how many rows a step looks at
 * @param share the part of the time that steps take, more than 0 and at most 1
 */
record Purge(Kind kind, Duration age, int batch, double share) {

    /** The table. */
    enum Kind {
        LEDGER("ledger", "processed actions"),
        FAILED_ACTIONS("failed actions", "resolved and discarded failed actions");

        /** The name of its row in the table {@code retention}. */
        final String row;

        /** What is deleted, for messages. */
        final String what;

        Kind(String row, String what) {
            this.row = row;
            this.what = what;
        }
    }

    /** Deletes the old ones among the next rows after {@code after}. */
    PurgedRange forget(Connection connection, long after) throws SQLException {
        return switch (kind) {
            case LEDGER -> ExpiredActions.forget(connection, after, batch, age);
            case FAILED_ACTIONS -> ExpiredParkedActions.forget(connection, after, batch, age);
        };
    }

    /** How long to pause after a step that took this long. */
    Duration pauseAfter(Duration took) {
        return Duration.ofNanos(Math.round(took.toNanos() * (1 / share - 1)));
    }
}
