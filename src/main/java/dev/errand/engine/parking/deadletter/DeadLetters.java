package dev.errand.engine.parking.deadletter;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.parking.ParkedActions;
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

/** Dead actions that are still to be published. Stateless and thread-safe; the caller's transaction decides what stays. */
public final class DeadLetters {

    private DeadLetters() {}

    /** What of a record may be too large to be published. */
    public enum Part {
        KEY,
        VALUE,
        HEADERS
    }

    /**
     * A dead action that waits to be published, without its record, which may be large.
     *
     * @param key bytes of the record's key
     * @param value bytes of the record's value
     * @param headers bytes of its headers, as {@link ParkedActions} writes them
     */
    public record Waiting(long seq, long key, long value, long headers) {

        /** How many bytes have to be read without these parts. */
        public long bytes(Set<Part> without) {
            return (without.contains(Part.KEY) ? 0 : key)
                    + (without.contains(Part.VALUE) ? 0 : value)
                    + (without.contains(Part.HEADERS) ? 0 : headers);
        }
    }

    /**
     * A dead action, as it is published.
     *
     * @param original without the parts that were not read
     * @param sizes of the whole original
     * @param without what was not read
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
     * Those that have waited for longest: by the index {@code publishing}.
     *
     * @param connection in a transaction that keeps other processes from publishing, and nobody from anything else
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
     * Reads one.
     *
     * @param without what is not even read of its record
     * @param masking of which types the error's message, which may quote what is private, is left out
     * @return empty if it has gone meanwhile
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
     * Says that they are published.
     *
     * @param letters their numbers
     */
    public static void markPublished(Connection connection, List<Long> letters) throws SQLException {
        var update = Sql.of(connection, """
                UPDATE parked_action
                SET to_publish = 0, letter_quarantined_at = NULL, letter_quarantine_reason = NULL WHERE seq = :seq""");
        letters.forEach(seq -> update.bind("seq", seq).addBatch());
        update.batch();
    }

    /**
     * Sets aside what can't be published.
     *
     * @param reasons by number
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
