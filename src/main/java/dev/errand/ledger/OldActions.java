package dev.errand.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Forgets actions that were processed long ago: what is published again after that is a new action. Stateless and
 * thread-safe; the caller's transaction decides what stays.
 *
 * <p>Goes forward by the primary key, in which rows lie by age, from its lowest value: nothing else is read, and what the
 * live flow writes lies at the other end.
 */
public final class OldActions {

    private OldActions() {}

    /**
     * Looks at the next actions of the ledger and deletes those that were processed before. Kept are actions that are not
     * processed, or whose failure is not over, and those that somebody else has locked: nobody is waited for.
     *
     * @param connection in a transaction that is read-committed, so that gaps between rows are not locked
     * @param after the {@code seq} behind which to begin
     * @param limit how many to look at
     * @param age how long ago they were processed at least, by the database's clock
     */
    public static Stretch forget(Connection connection, long after, int limit, Duration age) throws SQLException {
        var ahead = ahead(connection, after, limit, age);
        if (!ahead.more()) {
            return ahead;
        }
        var old = lock(connection, after, ahead.last(), age);
        delete(connection, old);
        return new Stretch(ahead.last(), old.size(), true);
    }

    /**
     * Those at which to look. When none of them is old, none behind them is: rows are written in the order of their keys. Only
     * an action that failed is processed later; where all are such, there may be old ones behind them the next time.
     */
    private static Stretch ahead(Connection connection, long after, int limit, Duration age) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT COALESCE(MAX(seq), 0) AS last,
                       COUNT(*) > 0
                         AND COALESCE(MIN(processed_at) < CURRENT_TIMESTAMP(6) - INTERVAL ? MICROSECOND, TRUE) AS more
                FROM (SELECT seq, processed_at FROM user_action WHERE seq > ? ORDER BY seq LIMIT ?) AS next""")) {
            statement.setLong(1, micros(age));
            statement.setLong(2, after);
            statement.setInt(3, limit);
            try (var result = statement.executeQuery()) {
                result.next();
                return new Stretch(result.getLong("last"), 0, result.getBoolean("more"));
            }
        }
    }

    private static List<Long> lock(Connection connection, long after, long last, Duration age) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT seq FROM user_action
                WHERE seq > ? AND seq <= ?
                  AND processed_at < CURRENT_TIMESTAMP(6) - INTERVAL ? MICROSECOND
                  AND NOT EXISTS (SELECT 1 FROM failed_action failed
                                  WHERE failed.source = user_action.source AND failed.id = user_action.id
                                    AND failed.state NOT IN ('RESOLVED', 'DISCARDED'))
                FOR UPDATE OF user_action SKIP LOCKED""")) {
            statement.setLong(1, after);
            statement.setLong(2, last);
            statement.setLong(3, micros(age));
            List<Long> locked = new ArrayList<>();
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    locked.add(result.getLong("seq"));
                }
            }
            return locked;
        }
    }

    private static void delete(Connection connection, List<Long> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        var sql = "DELETE FROM user_action WHERE seq IN (" + String.join(",", Collections.nCopies(rows.size(), "?"))
                + ")";
        try (var statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (var seq : rows) {
                statement.setLong(++index, seq);
            }
            statement.executeUpdate();
        }
    }

    private static long micros(Duration age) {
        return age.toMillis() * 1000;
    }
}
