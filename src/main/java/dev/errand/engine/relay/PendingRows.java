package dev.errand.engine.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The rows of a table that wait to be published. */
interface PendingRows {

    /** How many bytes are read at once; a larger row is read alone. */
    long BYTES = 4 << 20;

    /** The name of the row in {@code outbox_relay} that the publishing process locks, so that only one publishes. */
    String lock();

    /**
     * The rows to publish next.
     *
     * @param rows the rows, in order
     * @param refused the rows that can't be published, by {@code seq} with the reason: they are too large, or can't be read
     */
    record Next(List<PendingRow> rows, Map<Long, String> refused) {

        public Next {
            rows = List.copyOf(rows);
            refused = Collections.unmodifiableMap(new LinkedHashMap<>(refused));
        }
    }

    /**
     * Reads the rows that have waited longest, up to {@link #BYTES}.
     *
     * @param packet the largest size in bytes that a row may have to be read from the database
     */
    Next next(Connection connection, long packet) throws SQLException, InterruptedException;

    /**
     * Marks rows as published.
     *
     * @param rows the {@code seq} of each, at least one
     */
    void markPublished(Connection connection, List<Long> rows) throws SQLException;

    /**
     * Quarantines rows that can't be published.
     *
     * @param reasons the reasons by {@code seq}, at least one
     */
    void quarantine(Connection connection, Map<Long, String> reasons) throws SQLException;

    /** The first rows, up to {@link #BYTES} together, but at least one if there is any. */
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
