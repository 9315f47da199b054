package dev.errand.failure;

import dev.errand.ledger.Stretch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Forgets failed actions that were resolved or discarded long ago. What people did to them stays in the audit. Stateless and
 * thread-safe; the caller's transaction decides what stays.
 */
public final class OldFailedActions {

    private OldFailedActions() {}

    /**
     * Looks at the next failed actions by the primary key and deletes those that have been over for so long. All others are
     * kept, whatever their age, and those that are still to be published.
     *
     * @param connection in a transaction that is read-committed
     * @param after the {@code seq} behind which to begin
     * @param limit how many to look at
     * @param age since when they are over at least, by the database's clock
     */
    public static Stretch forget(Connection connection, long after, int limit, Duration age) throws SQLException {
        var ahead = ahead(connection, after, limit, age);
        if (!ahead.more()) {
            return ahead;
        }
        var old = lock(connection, after, ahead.last(), age);
        if (!old.isEmpty()) {
            var sql = "DELETE FROM failed_action WHERE seq IN ("
                    + String.join(",", Collections.nCopies(old.size(), "?")) + ")";
            try (var statement = connection.prepareStatement(sql)) {
                int index = 0;
                for (var seq : old) {
                    statement.setLong(++index, seq);
                }
                statement.executeUpdate();
            }
        }
        return new Stretch(ahead.last(), old.size(), true);
    }

    /** Leaves out rows that somebody is at. */
    private static List<Long> lock(Connection connection, long after, long last, Duration age) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT seq FROM failed_action
                WHERE seq > ? AND seq <= ? AND state IN ('RESOLVED', 'DISCARDED') AND to_publish = 0
                  AND changed_at < CURRENT_TIMESTAMP(6) - INTERVAL ? MICROSECOND
                FOR UPDATE SKIP LOCKED""")) {
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

    /** Those at which to look: none is old when the first of them failed later than that. */
    private static Stretch ahead(Connection connection, long after, int limit, Duration age) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT COALESCE(MAX(seq), 0) AS last,
                       COALESCE(MIN(failed_at) < CURRENT_TIMESTAMP(6) - INTERVAL ? MICROSECOND, FALSE) AS more
                FROM (SELECT seq, failed_at FROM failed_action WHERE seq > ? ORDER BY seq LIMIT ?) AS next""")) {
            statement.setLong(1, micros(age));
            statement.setLong(2, after);
            statement.setInt(3, limit);
            try (var result = statement.executeQuery()) {
                result.next();
                return new Stretch(result.getLong("last"), 0, result.getBoolean("more"));
            }
        }
    }

    private static long micros(Duration age) {
        return age.toMillis() * 1000;
    }
}
