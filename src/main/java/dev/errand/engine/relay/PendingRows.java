package dev.errand.engine.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Rows of a table that are to be published. */
interface PendingRows {

    /** How much is read at once: some rows, or one that is larger. */
    long BYTES = 4 << 20;

    /** The row of {@code outbox_relay} that the one process locks which publishes them. */
    String lock();

    /**
     * What is to be published next.
     *
     * @param rows in their order
     * @param refused rows that were not even read, because no record can be as large; with the reason of each
     */
    record Next(List<PendingRow> rows, Map<Long, String> refused) {

        public Next {
            rows = List.copyOf(rows);
            refused = Collections.unmodifiableMap(new LinkedHashMap<>(refused));
        }
    }

    /**
     * Reads those that have waited for longest, as many as there may be in memory.
     *
     * @param packet how many bytes a row may have that is read from the database
     */
    Next next(Connection connection, long packet) throws SQLException, InterruptedException;

    /**
     * Says that they are published.
     *
     * @param rows at least one
     */
    void markPublished(Connection connection, List<Long> rows) throws SQLException;

    /**
     * Sets them aside.
     *
     * @param reasons by row, at least one
     */
    void quarantine(Connection connection, Map<Long, String> reasons) throws SQLException;

    /** The first of them, as many as there may be in memory, at least one where there is one. */
    static <T> List<T> within(List<T> rows, ToLongFunction<T> bytes) {
        List<T> some = new ArrayList<>();
        long sum = 0;
        for (var row : rows) {
            sum += bytes.applyAsLong(row);
            if (sum > BYTES && !some.isEmpty()) {
                break;
            }
            some.add(row);
        }
        return some;
    }
}
