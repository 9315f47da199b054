package dev.errand.engine.parking;

import dev.errand.engine.ledger.ExpiredRows;
import dev.errand.engine.ledger.PurgedRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Forgets failed actions that were resolved or discarded long ago. What people did to them stays in the audit. Stateless and
 * thread-safe; the caller's transaction decides what stays.
 */
public final class ExpiredParkedActions {

    /** Those at which to look: none is old when the first of them failed later than that. */
    private static final String AHEAD = """
            SELECT COALESCE(MAX(seq), 0) AS last,
                   COALESCE(MIN(failed_at) < CURRENT_TIMESTAMP(6) - INTERVAL :micros MICROSECOND, FALSE) AS more
            FROM (SELECT seq, failed_at FROM parked_action WHERE seq > :after ORDER BY seq LIMIT :limit) AS next""";

    /** Leaves out rows that somebody is at. */
    private static final String LOCK = """
            SELECT seq FROM parked_action
            WHERE seq > :after AND seq <= :last AND state IN ('RESOLVED', 'DISCARDED') AND to_publish = 0
              AND letter_quarantined_at IS NULL AND changed_at < CURRENT_TIMESTAMP(6) - INTERVAL :micros MICROSECOND
            FOR UPDATE SKIP LOCKED""";

    private static final ExpiredRows ROWS = new ExpiredRows("parked_action", AHEAD, LOCK);

    private ExpiredParkedActions() {}

    /**
     * Looks at the next failed actions by the primary key and deletes those that have been over for so long. All others are
     * kept, whatever their age, and those that are still to be published or
     * could not be.
     *
     * @param connection in a transaction that is read-committed
     * @param after the {@code seq} behind which to begin
     * @param limit how many to look at
     * @param age since when they are over at least, by the database's clock
     */
    public static PurgedRange forget(Connection connection, long after, int limit, Duration age) throws SQLException {
        return ROWS.forget(connection, after, limit, age);
    }
}
