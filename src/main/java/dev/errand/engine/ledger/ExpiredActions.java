package dev.errand.engine.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Forgets actions that were processed long ago: what is published again after that is a new action. Stateless and
 * thread-safe; the caller's transaction decides what stays.
 *
 * <p>Goes forward by the primary key, in which rows lie by age, from its lowest value: nothing else is read, and what the
 * live flow writes lies at the other end.
 */
public final class ExpiredActions {

    /**
     * Those at which to look. When none of them is old, none behind them is: rows are written in the order of their keys. Only
     * an action that failed is processed later; where all are such, there may be old ones behind them the next time.
     */
    private static final String AHEAD = """
            SELECT COALESCE(MAX(seq), 0) AS last,
                   COUNT(*) > 0
                     AND COALESCE(MIN(processed_at) < CURRENT_TIMESTAMP(6) - INTERVAL :micros MICROSECOND, TRUE) AS more
            FROM (SELECT seq, processed_at FROM user_action WHERE seq > :after ORDER BY seq LIMIT :limit) AS next""";

    /** Not those whose failure is not over. */
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
     * Looks at the next actions of the ledger and deletes those that were processed before. Kept are actions that are not
     * processed, or whose failure is not over, and those that somebody else has locked: nobody is waited for.
     *
     * @param connection in a transaction that is read-committed, so that gaps between rows are not locked
     * @param after the {@code seq} behind which to begin
     * @param limit how many to look at
     * @param age how long ago they were processed at least, by the database's clock
     */
    public static PurgedRange forget(Connection connection, long after, int limit, Duration age) throws SQLException {
        return ROWS.forget(connection, after, limit, age);
    }
}
