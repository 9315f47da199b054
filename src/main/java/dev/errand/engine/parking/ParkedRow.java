package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.RawRecord;
import dev.errand.engine.error.Failure;
import dev.errand.engine.record.RecordFingerprint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A row to insert into {@code parked_action}. */
@SuppressWarnings("ArrayRecordComponent") // never compared by equals
record ParkedRow(
        ParkedState state,
        boolean blocking,
        RawRecord original,
        byte[] fingerprint,
        @Nullable String user,
        @Nullable Action<String> action,
        boolean identified,
        List<Failure> failures,
        @Nullable Duration retryAfter,
        boolean toPublish) {

    /** A JDBC batch is executed when its rows exceed this size, since each record may have a megabyte. */
    private static final int CHUNK_BYTES = 1 << 20;

    private static final String INSERT = """
            INSERT INTO parked_action
              (state, blocking, topic, `partition`, `offset`, record_timestamp, record_key, record_value, record_headers,
               fingerprint, user_id, source, id, type, occurred_at, payload, attempts, next_attempt_at,
               error_class, error_message, stack_trace, history, to_publish, died_at)
            VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,CURRENT_TIMESTAMP(6) + INTERVAL ? MICROSECOND,?,?,?,?,?,
                    IF(? = 'DEAD', CURRENT_TIMESTAMP(6), NULL))""";

    static void insert(Connection connection, List<ParkedRow> rows) throws SQLException {
        insert(connection, INSERT, rows);
    }

    /** Inserts the rows whose records are not parked already. */
    static void insertMissing(Connection connection, List<ParkedRow> rows) throws SQLException {
        insert(connection, INSERT + " ON DUPLICATE KEY UPDATE seq = seq", rows);
    }

    private static void insert(Connection connection, String sql, List<ParkedRow> rows) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            long bytes = 0;
            for (var row : rows) {
                row.bind(statement);
                statement.addBatch();
                bytes += row.bytes();
                if (bytes > CHUNK_BYTES) {
                    statement.executeBatch();
                    bytes = 0;
                }
            }
            statement.executeBatch();
        }
    }

    /** Returns the row of an action that waits behind an earlier one of its user. */
    static ParkedRow waiting(PublishedAction waiting) {
        var action = waiting.action();
        return new ParkedRow(
                ParkedState.WAITING,
                true,
                waiting.original(),
                RecordFingerprint.of(waiting.original()),
                action.userId(),
                action,
                true,
                List.of(),
                null,
                false);
    }

    /** @param waiting users who were blocked before: their actions that are not dead become WAITING */
    static ParkedRow of(ParkedAction parked, Set<String> waiting) {
        var dead = parked.retryAfter() == null;
        var behind = !dead && parked.user() != null && waiting.contains(parked.user());
        var state = dead ? ParkedState.DEAD : behind ? ParkedState.WAITING : ParkedState.RETRYING;
        var kept = TruncatedRecord.of(parked);
        return new ParkedRow(
                state,
                parked.blocking(),
                kept.original(),
                RecordFingerprint.of(parked.original()),
                parked.user(),
                parked.action(),
                true,
                kept.failures(),
                state == ParkedState.RETRYING ? parked.retryAfter() : null,
                parked.publish());
    }

    static ParkedRow of(IdentityConflict conflict, Instant at, boolean publish) {
        return new ParkedRow(
                ParkedState.DEAD,
                false,
                conflict.original(),
                RecordFingerprint.of(conflict.original()),
                conflict.action().userId(),
                conflict.action(),
                false,
                List.of(conflict.failure(at)),
                null,
                publish);
    }

    /** Returns the row's approximate size in an SQL statement. */
    long bytes() {
        return 2_000 + 2 * original.size() + 50L * original.headers().size();
    }

    void bind(PreparedStatement statement) throws SQLException {
        var last = failures.isEmpty() ? null : failures.get(failures.size() - 1);
        int index = 0;
        statement.setString(++index, state.name());
        statement.setBoolean(++index, blocking);
        statement.setString(++index, original.position().topic());
        statement.setInt(++index, original.position().partition());
        statement.setLong(++index, original.position().offset());
        statement.setLong(++index, original.timestamp());
        statement.setBytes(++index, original.key());
        statement.setBytes(++index, original.value());
        statement.setString(++index, StoredHeaders.text(original.headers()));
        statement.setBytes(++index, fingerprint);
        statement.setString(++index, user);
        statement.setString(
                ++index, action == null || !identified ? null : action.key().source());
        statement.setString(
                ++index, action == null || !identified ? null : action.key().id());
        statement.setString(++index, action == null ? null : action.type());
        statement.setObject(++index, action == null ? null : action.occurredAtUtc());
        statement.setString(++index, action == null ? null : action.payload());
        statement.setObject(++index, retryAfter == null ? null : retryAfter.toNanos() / 1000, Types.BIGINT);
        statement.setString(++index, last == null ? null : last.errorClass());
        statement.setString(++index, last == null ? null : last.message());
        statement.setString(++index, last == null ? null : last.stackTrace());
        statement.setString(++index, FailureHistory.of(failures));
        statement.setBoolean(++index, toPublish);
        statement.setString(++index, state.name());
    }
}
