package dev.errand.engine.ledger;

import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Deletes a table's old rows in steps, forward by its primary key {@code seq}. The statements decide which rows are old; rows that
 * another transaction has locked are skipped. Immutable and thread-safe; the caller owns the transaction.
 *
 * @param table the name of the table
 * @param ahead a query for {@code last} and {@code more} of a {@link PurgedRange}. Its parameters are the age in microseconds,
 *     {@code :micros}, the {@code seq} after which to start, {@code :after}, and how many rows to look at, {@code :limit}
 * @param lock a query that selects and locks the {@code seq} of each old row and skips locked rows. Its parameters are the
 *     {@code seq} after which to start, {@code :after}, the last {@code seq}, {@code :last}, and the age, {@code :micros}
 */
public record ExpiredRows(String table, String ahead, String lock) {

    /**
     * Deletes the old ones among the next rows.
     *
     * @param connection in a READ COMMITTED transaction, so that gaps between rows are not locked
     * @param after the {@code seq} after which to start
     * @param limit how many rows to look at
     * @param age the minimum age of an old row
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
