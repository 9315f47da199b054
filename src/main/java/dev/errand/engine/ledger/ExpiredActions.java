package dev.errand.engine.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Deletes actions that were processed long ago from the ledger. If one of them is published again later, it is a new action.
 * Stateless and thread-safe; the caller owns the transaction.
 *
 * <p>It goes forward by the primary key, which is in the order of the rows' age. So it reads no other rows, and the rows that workers
 * write are at the other end.
 */
public final class ExpiredActions {

    /**
     * Selects the next rows. If none of them is old, none after them is, because rows are written in the order of their keys. Only
     * actions that failed are processed later; if all of the rows are such actions, a later pass finds the old ones after them.
     */
    private static final String AHEAD = """
            SELECT COALESCE(MAX(seq), 0) AS last,
                   COUNT(*) > 0
                     AND COALESCE(MIN(processed_at) < CURRENT_TIMESTAMP(6) - INTERVAL :micros MICROSECOND, TRUE) AS more
            FROM (SELECT seq, processed_at FROM user_action WHERE seq > :after ORDER BY seq LIMIT :limit) AS next""";

    /** Selects and locks the old rows, except actions whose parked action is not resolved or discarded. */
    private static final String LOCK = """
            SELECT seq FROM user_action
            WHERE seq > :after AND seq <= :last
              AND processed_at < CURRENT_TIMESTAMP(6) - INTERVAL :micros MICROSECOND
              AND NOT EXISTS (SELECT 1 FROM parked_action failed
                              WHERE failed.source = user_action.source AND failed.id = user_action.id
                                AND failed.state NOT IN ('RESOLVED', 'DISCARDED'))
            FOR UPDATE OF user_action SKIP LOCKED""";

    private static final ExpiredRows ROWS = new ExpiredRows("user_action", AHEAD, LOCK);

    private ExpiredActions() {}

    /**
     * Deletes the old ones among the next actions of the ledger. It keeps actions that are not processed, that are parked and
     * neither resolved nor discarded, or that another transaction has locked. It never waits for a lock.
     *
     * @param connection in a READ COMMITTED transaction, so that gaps between rows are not locked
     * @param after the {@code seq} after which to start
     * @param limit how many rows to look at
     * @param age the minimum time since an action was processed, by the database's clock
     */
    public static PurgedRange forget(Connection connection, long after, int limit, Duration age) throws SQLException {
        return ROWS.forget(connection, after, limit, age);
    }
}
