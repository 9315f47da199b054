package dev.errand.retention;

import dev.errand.failure.OldFailedActions;
import dev.errand.ledger.OldActions;
import dev.errand.ledger.Stretch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A table's old rows.
 *
 * @param age how old they are
 * @param batch how many rows a step looks at
 * @param share the part of the time that steps take, from 0 to 1
 */
record Sweep(Kind kind, Duration age, int batch, double share) {

    /** Which table. */
    enum Kind {
        LEDGER("ledger", "processed actions"),
        FAILED_ACTIONS("failed actions", "resolved and discarded failed actions");

        /** Its row in the table {@code retention}. */
        final String row;

        /** For messages. */
        final String what;

        Kind(String row, String what) {
            this.row = row;
            this.what = what;
        }
    }

    /** Deletes what is old among the next rows. */
    Stretch forget(Connection connection, long after) throws SQLException {
        return switch (kind) {
            case LEDGER -> OldActions.forget(connection, after, batch, age);
            case FAILED_ACTIONS -> OldFailedActions.forget(connection, after, batch, age);
        };
    }

    /** How long to pause after a step that took so long. */
    Duration pauseAfter(Duration took) {
        return Duration.ofNanos(Math.round(took.toNanos() * (1 / share - 1)));
    }
}
