package dev.errand.engine.parking;

import dev.errand.engine.ledger.ExpiredRows;
import dev.errand.engine.ledger.PurgedRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Deletes parked actions that were resolved or discarded long ago. Their audit entries stay. Stateless and thread-safe; it takes
 * part in the caller's transaction.
 */
public final class ExpiredParkedActions {

    /** The range of rows to examine. None of them is old enough if even the first one failed more recently than the age. */
    private static final String AHEAD = """
            SELECT COALESCE(MAX(seq), 0) AS last,
                   COALESCE(MIN(failed_at) < CURRENT_TIMESTAMP(6) - INTERVAL :micros MICROSECOND, FALSE) AS more
            FROM (SELECT seq, failed_at FROM parked_action WHERE seq > :after ORDER BY seq LIMIT :limit) AS next""";

    /** Skips rows that another transaction has locked. */
    private static final String LOCK = """
            SELECT seq FROM parked_action
            WHERE seq > :after AND seq <= :last AND state IN ('RESOLVED', 'DISCARDED') AND to_publish = 0
              AND letter_quarantined_at IS NULL AND changed_at < CURRENT_TIMESTAMP(6) - INTERVAL :micros MICROSECOND
            FOR UPDATE SKIP LOCKED""";

    private static final ExpiredRows ROWS = new ExpiredRows("parked_action", AHEAD, LOCK);

    private ExpiredParkedActions() {}

    /**
     * Examines the next rows in the order of the primary key and deletes the resolved and discarded ones that have not changed for
     * the given time. It keeps rows in any other state, whatever their age, and rows whose dead letter is not published yet or is
     * quarantined.
     *
     * @param connection in a transaction at isolation level READ COMMITTED
     * @param after the {@code seq} after which to begin
     * @param limit how many rows to examine at most
     * @param age how long ago, by the database's clock, a row must have changed last to be deleted
     */
    public static PurgedRange forget(Connection connection, long after, int limit, Duration age) throws SQLException {
        return ROWS.forget(connection, after, limit, age);
    }
}
