package dev.errand.engine.parking.deadletter;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.parking.StoredHeaders;
import dev.errand.engine.query.Masking;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Dead actions that wait to be published. Stateless and thread-safe; it takes part in the caller's transaction. */
public final class DeadLetters {

    private DeadLetters() {}

    /** The parts of a record that may each be too large to be published. */
    public enum Part {
        KEY,
        VALUE,
        HEADERS
    }

    /**
     * A dead action that waits to be published, without its record, which may be large.
     *
     * @param seq the primary key of its row
     * @param key size of the record's key in bytes
     * @param value size of the record's value in bytes
     * @param headers size of the record's headers in bytes, as {@link StoredHeaders} writes them
     */
    public record Waiting(long seq, long key, long value, long headers) {

        /** Returns the bytes that are read if these parts are left out. */
        public long bytes(Set<Part> without) {
            return (without.contains(Part.KEY) ? 0 : key)
                    + (without.contains(Part.VALUE) ? 0 : value)
                    + (without.contains(Part.HEADERS) ? 0 : headers);
        }
    }

    /**
     * A dead action as it is published.
     *
     * @param sizes the sizes of the whole record
     * @param without the parts that were not read
     * @param original the record without those parts
     */
    public record DeadLetter(
            Waiting sizes,
            Set<Part> without,
            RawRecord original,
            @Nullable String errorClass,
            @Nullable String errorMessage) {

        public DeadLetter {
            without = Set.copyOf(without);
        }

        public long seq() {
            return sizes.seq;
        }
    }

    /**
     * Returns the dead actions that have waited longest, by the index {@code publishing}.
     *
     * @param connection in a transaction that holds the relay's lock, so that no other process publishes at the same time
     */
    public static List<Waiting> waiting(Connection connection, int limit) throws SQLException {
        return Sql.of(connection, """
                SELECT seq, record_key_bytes, record_value_bytes, record_headers_bytes
                FROM parked_action FORCE INDEX (publishing)
                WHERE to_publish = 1 ORDER BY seq LIMIT :limit""")
                .bind("limit", limit)
                .list(row -> new Waiting(
                        row.getLong("seq"),
                        row.getLong("record_key_bytes"),
                        row.getLong("record_value_bytes"),
                        row.getLong("record_headers_bytes")));
    }

    /**
     * Reads a dead action.
     *
     * @param without the parts of its record that are not read
     * @param masking says for which types the error message, which may quote private data, is masked
     * @return empty if the row has been deleted in the meantime
     */
    static Optional<DeadLetter> read(Connection connection, Waiting waiting, Set<Part> without, Masking masking)
            throws SQLException {
        var sql = """
                SELECT topic, `partition`, `offset`, record_timestamp, %s AS record_key, %s AS record_value,
                       %s AS record_headers, error_class, error_message, type, corrected, corrected_from
                FROM parked_action WHERE seq = :seq""".formatted(
                        without.contains(Part.KEY) ? "NULL" : "record_key",
                        without.contains(Part.VALUE) ? "NULL" : "record_value",
                        without.contains(Part.HEADERS) ? "'[]'" : "record_headers");
        return Sql.of(connection, sql)
                .bind("seq", waiting.seq)
                .first(row -> new DeadLetter(
                        waiting, without, original(row), row.getString("error_class"), message(row, masking)));
    }

    /**
     * Marks dead actions as published.
     *
     * @param letters the primary keys of their rows
     */
    public static void markPublished(Connection connection, List<Long> letters) throws SQLException {
        var update = Sql.of(connection, """
                UPDATE parked_action
                SET to_publish = 0, letter_quarantined_at = NULL, letter_quarantine_reason = NULL WHERE seq = :seq""");
        letters.forEach(seq -> update.bind("seq", seq).addBatch());
        update.batch();
    }

    /**
     * Quarantines dead actions that can't be published.
     *
     * @param reasons the reason for each primary key
     */
    public static void quarantine(Connection connection, Map<Long, String> reasons) throws SQLException {
        var update = Sql.of(connection, """
                UPDATE parked_action
                SET to_publish = 0, letter_quarantined_at = UTC_TIMESTAMP(6), letter_quarantine_reason = :reason
                WHERE seq = :seq""");
        reasons.forEach(
                (seq, reason) -> update.bind("seq", seq).bind("reason", reason).addBatch());
        update.batch();
    }

    private static @Nullable String message(ResultSet row, Masking masking) throws SQLException {
        var message = row.getString("error_message");
        return message != null && masking.masksRow(row) ? Masking.MASKED : message;
    }

    private static RawRecord original(ResultSet row) throws SQLException {
        return new RawRecord(
                new RecordPosition(row.getString("topic"), row.getInt("partition"), row.getLong("offset")),
                row.getLong("record_timestamp"),
                row.getBytes("record_key"),
                row.getBytes("record_value"),
                StoredHeaders.of(row.getString("record_headers")));
    }
}
