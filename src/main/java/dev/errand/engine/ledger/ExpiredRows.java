package dev.errand.engine.ledger;

import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * A step through a table's old rows, forward by its primary key {@code seq}: nothing else is read, and rows that somebody else
 * has locked are left out. What is old is the statements' to say. Immutable and thread-safe; the caller's transaction decides
 * what stays.
 *
 * @param table whose rows they are
 * @param ahead selects {@code last} and {@code more} of a {@link PurgedRange}, by the age {@code :micros} in microseconds,
 *     the {@code seq} behind which to look, {@code :after}, and how many rows to look at, {@code :limit}
 * @param lock selects and locks the {@code seq} of those that are old, by the {@code seq} behind which and up to which they
 *     lie, {@code :after} and {@code :last}, and the age {@code :micros}; skips locked ones
 */
public record ExpiredRows(String table, String ahead, String lock) {

    /**
     * Looks at the next rows and deletes the old ones.
     *
     * @param connection in a transaction that is read-committed, so that gaps between rows are not locked
     */
    public PurgedRange forget(Connection connection, long after, int limit, Duration age) throws SQLException {
        var micros = Sql.micros(age);
        var next = next(connection, after, limit, micros);
        if (!next.more()) {
            return next;
        }
        var old = lock(connection, after, next.last(), micros);
        delete(connection, old);
        return new PurgedRange(next.last(), old.size(), true);
    }

    private PurgedRange next(Connection connection, long after, int limit, long micros) throws SQLException {
        return Sql.of(connection, ahead)
                .bind("micros", micros)
                .bind("after", after)
                .bind("limit", limit)
                .first(row -> new PurgedRange(row.getLong("last"), 0, row.getBoolean("more")))
                .orElseThrow();
    }

    private List<Long> lock(Connection connection, long after, long last, long micros) throws SQLException {
        return Sql.of(connection, lock)
                .bind("after", after)
                .bind("last", last)
                .bind("micros", micros)
                .list(row -> row.getLong("seq"));
    }

    private void delete(Connection connection, List<Long> rows) throws SQLException {
        if (!rows.isEmpty()) {
            Sql.of(connection, "DELETE FROM " + table + " WHERE seq IN (:seqs)")
                    .bind("seqs", rows)
                    .update();
        }
    }
}
