package dev.errand.engine.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A step through a table's old rows, forward by its primary key {@code seq}: nothing else is read, and rows that somebody else
 * has locked are left out. What is old is the statements' to say. Immutable and thread-safe; the caller's transaction decides
 * what stays.
 *
 * @param table whose rows they are
 * @param ahead selects {@code last} and {@code more} of a {@link PurgedRange}, by the age in microseconds, the {@code seq} behind
 *     which to look, and how many rows to look at
 * @param lock selects and locks the {@code seq} of those that are old, by the {@code seq} behind which and up to which they
 *     lie, and the age in microseconds; skips locked ones
 */
public record ExpiredRows(String table, String ahead, String lock) {

    /**
     * Looks at the next rows and deletes the old ones.
     *
     * @param connection in a transaction that is read-committed, so that gaps between rows are not locked
     */
    public PurgedRange forget(Connection connection, long after, int limit, Duration age) throws SQLException {
        var micros = age.toMillis() * 1000;
        var next = next(connection, after, limit, micros);
        if (!next.more()) {
            return next;
        }
        var old = lock(connection, after, next.last(), micros);
        delete(connection, old);
        return new PurgedRange(next.last(), old.size(), true);
    }

    private PurgedRange next(Connection connection, long after, int limit, long micros) throws SQLException {
        try (var statement = connection.prepareStatement(ahead)) {
            statement.setLong(1, micros);
            statement.setLong(2, after);
            statement.setInt(3, limit);
            try (var result = statement.executeQuery()) {
                result.next();
                return new PurgedRange(result.getLong("last"), 0, result.getBoolean("more"));
            }
        }
    }

    private List<Long> lock(Connection connection, long after, long last, long micros) throws SQLException {
        try (var statement = connection.prepareStatement(lock)) {
            statement.setLong(1, after);
            statement.setLong(2, last);
            statement.setLong(3, micros);
            List<Long> locked = new ArrayList<>();
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    locked.add(result.getLong("seq"));
                }
            }
            return locked;
        }
    }

    private void delete(Connection connection, List<Long> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        var sql = "DELETE FROM " + table + " WHERE seq IN (" + String.join(",", Collections.nCopies(rows.size(), "?"))
                + ")";
        try (var statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (var seq : rows) {
                statement.setLong(++index, seq);
            }
            statement.executeUpdate();
        }
    }
}
