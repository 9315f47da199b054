package dev.errand.failure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.Original;
import dev.errand.ledger.Ledger;
import dev.errand.query.Masking;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes actions that failed, and those that have to wait behind them, into {@code failed_action}. Stateless and
 * thread-safe; the caller's transaction decides what stays.
 */
public final class FailedActions {

    /** Rows of one statement, whose records may be a megabyte each. */
    private static final int CHUNK_BYTES = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String INSERT = """
            INSERT INTO failed_action
              (state, blocking, topic, `partition`, `offset`, record_timestamp, record_key, record_value, record_headers,
               fingerprint, user_id, source, id, type, occurred_at, payload, attempts, next_attempt_at,
               error_class, error_message, stack_trace, history, to_publish, died_at)
            VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,CURRENT_TIMESTAMP(6) + INTERVAL ? MICROSECOND,?,?,?,?,?,
                    IF(? = 'DEAD', CURRENT_TIMESTAMP(6), NULL))""";

    private FailedActions() {}

    /**
     * @param original what was published
     * @param action what it says
     */
    public record Waiting(Original original, Action<String> action) {}

    /**
     * Lines actions up behind their users' failed ones.
     *
     * @param connection in a transaction that has written them into the ledger as new and holds their users' {@link Lines}
     * @param waiting each user's in order
     */
    public static void queue(Connection connection, List<Waiting> waiting) throws SQLException {
        Ledger.unprocessed(
                connection, waiting.stream().map(each -> each.action().key()).toList());
        var rows = waiting.stream()
                .map(each -> new Row(FailedState.WAITING, true, each.original, each.action.userId(), each.action))
                .toList();
        var replaced = replace(connection, rows);
        insert(connection, INSERT, rows);
        if (replaced > 0) {
            // One of them may have been what a line waited for.
            for (var user : users(rows.stream().map(Row::user))) {
                Lines.lock(connection, user);
                Attempts.next(connection, user, Duration.ZERO);
            }
        }
    }

    /**
     * Keeps failed actions. Those that are kept already, or that the ledger has because another process took them, are left
     * out.
     *
     * @param connection in a transaction
     * @param parked at least one; at most one of a user that is blocking
     * @return those that are left out and are no repeats: {@link #keepConflicting} is for them
     */
    public static List<Conflict> park(Connection connection, List<Parked> parked) throws SQLException {
        var fresh = fresh(connection, parked);
        if (!fresh.isEmpty()) {
            keep(connection, fresh);
        }
        // After that: what they repeat may be among those that are kept just now.
        List<Waiting> repeats = new ArrayList<>();
        for (var each : parked) {
            var action = each.action();
            if (action != null && !fresh.contains(each)) {
                repeats.add(new Waiting(each.original(), action));
            }
        }
        return Conflicts.among(connection, repeats);
    }

    /**
     * Keeps conflicting records as dead, each once, and holds up nobody for them. They have no id there, as theirs is another
     * action's: mending gives them one.
     *
     * @param connection in the transaction that has found them
     * @param publish whether they are to be published to the dead-letter topic
     */
    public static void keepConflicting(Connection connection, List<Conflict> conflicts, boolean publish)
            throws SQLException {
        if (!conflicts.isEmpty()) {
            var at = Instant.now();
            insert(
                    connection,
                    INSERT + " ON DUPLICATE KEY UPDATE seq = seq",
                    conflicts.stream().map(each -> Row.of(each, at, publish)).toList());
        }
    }

    private static void keep(Connection connection, List<Parked> fresh) throws SQLException {
        var blocked = users(fresh.stream().filter(Parked::blocking).map(Parked::user));
        Lines.open(connection, blocked);
        Set<String> waiting = new HashSet<>();
        for (var user : blocked) {
            if (Attempts.Head.of(connection, user) != null) {
                waiting.add(user);
            }
        }
        var rows = fresh.stream().map(each -> Row.of(each, waiting)).toList();
        replace(connection, rows);
        insert(connection, INSERT, rows);
        for (var user : waiting) {
            Attempts.next(connection, user, Duration.ZERO);
        }
    }

    private static SortedSet<String> users(Stream<@Nullable String> users) {
        return users.filter(Objects::nonNull).map(String::valueOf).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Of several actions with one key the first; of records that can't be read those that are not kept already. */
    private static List<Parked> fresh(Connection connection, List<Parked> parked) throws SQLException {
        var taken = takenBefore(connection, parked);
        Set<ActionKey> seen = new HashSet<>(taken);
        List<Parked> fresh = new ArrayList<>(parked.size());
        for (var each : parked) {
            var action = each.action();
            if (action == null ? !isKept(connection, each.original()) : seen.add(action.key())) {
                fresh.add(each);
            }
        }
        return fresh;
    }

    private static boolean isKept(Connection connection, Original original) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT 1 FROM failed_action
                WHERE topic = ? AND `partition` = ? AND `offset` = ? AND fingerprint = ? FOR UPDATE""")) {
            bindRecord(statement, 0, original, fingerprint(original));
            try (var result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    /**
     * Removes what is kept of the same records from before: when they could not be read yet, or the ledger had not forgotten
     * them yet.
     *
     * @return how many
     */
    private static int replace(Connection connection, List<Row> rows) throws SQLException {
        var readable = rows.stream().filter(row -> row.action != null).toList();
        if (readable.isEmpty()) {
            return 0;
        }
        var sql = "DELETE FROM failed_action WHERE (topic, `partition`, `offset`, fingerprint) IN ("
                + String.join(",", Collections.nCopies(readable.size(), "(?,?,?,?)")) + ")";
        try (var statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (var row : readable) {
                index = bindRecord(statement, index, row.original, row.fingerprint);
            }
            return statement.executeUpdate();
        }
    }

    /** @return the last parameter that was set */
    private static int bindRecord(PreparedStatement statement, int before, Original original, byte[] fingerprint)
            throws SQLException {
        int index = before;
        statement.setString(++index, original.coordinates().topic());
        statement.setInt(++index, original.coordinates().partition());
        statement.setLong(++index, original.coordinates().offset());
        statement.setBytes(++index, fingerprint);
        return index;
    }

    /** Marks them in the ledger as taken: without payloads, which may be what MySQL refuses. */
    private static Set<ActionKey> takenBefore(Connection connection, List<Parked> parked) throws SQLException {
        Map<ActionKey, Action<String>> actions = new LinkedHashMap<>();
        for (var each : parked) {
            if (each.action() != null) {
                actions.putIfAbsent(each.action().key(), each.action().withPayload("null"));
            }
        }
        if (actions.isEmpty()) {
            return Set.of();
        }
        var taken = Ledger.record(connection, List.copyOf(actions.values()));
        actions.keySet().removeAll(taken);
        Ledger.unprocessed(connection, actions.keySet());
        return taken;
    }

    /** A row to be inserted. */
    @SuppressWarnings("ArrayRecordComponent") // identity is never asked for
    private record Row(
            FailedState state,
            boolean blocking,
            Original original,
            byte[] fingerprint,
            @Nullable String user,
            @Nullable Action<String> action,
            boolean identified,
            List<Failure> failures,
            @Nullable Duration retryAfter,
            boolean toPublish) {

        Row(FailedState state, boolean blocking, Original original, String user, Action<String> action) {
            this(
                    state,
                    blocking,
                    original,
                    FailedActions.fingerprint(original),
                    user,
                    action,
                    true,
                    List.of(),
                    null,
                    false);
        }

        /** @param waiting users who had a line before: who is not dead waits in it */
        static Row of(Parked parked, Set<String> waiting) {
            var dead = parked.retryAfter() == null;
            var behind = !dead && parked.user() != null && waiting.contains(parked.user());
            var state = dead ? FailedState.DEAD : behind ? FailedState.WAITING : FailedState.RETRYING;
            var kept = Excerpt.of(parked);
            return new Row(
                    state,
                    parked.blocking(),
                    kept.original(),
                    FailedActions.fingerprint(parked.original()),
                    parked.user(),
                    parked.action(),
                    true,
                    kept.failures(),
                    state == FailedState.RETRYING ? parked.retryAfter() : null,
                    parked.publish());
        }

        static Row of(Conflict conflict, Instant at, boolean publish) {
            return new Row(
                    FailedState.DEAD,
                    false,
                    conflict.original(),
                    FailedActions.fingerprint(conflict.original()),
                    conflict.action().userId(),
                    conflict.action(),
                    false,
                    List.of(conflict.failure(at)),
                    null,
                    publish);
        }

        /** About, as SQL. */
        long bytes() {
            return 2_000 + 2 * original.size() + 50L * original.headers().size();
        }

        void bind(PreparedStatement statement) throws SQLException {
            var last = failures.isEmpty() ? null : failures.get(failures.size() - 1);
            int index = 0;
            statement.setString(++index, state.name());
            statement.setBoolean(++index, blocking);
            statement.setString(++index, original.coordinates().topic());
            statement.setInt(++index, original.coordinates().partition());
            statement.setLong(++index, original.coordinates().offset());
            statement.setLong(++index, original.timestamp());
            statement.setBytes(++index, original.key());
            statement.setBytes(++index, original.value());
            statement.setString(++index, json(headers(original)));
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
            statement.setString(
                    ++index, json(failures.stream().map(FailedActions::summary).toList()));
            statement.setBoolean(++index, toPublish);
            statement.setString(++index, state.name());
        }
    }

    private static void insert(Connection connection, String sql, List<Row> rows) throws SQLException {
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

    /** A failure as the history has it. */
    static Map<String, Object> summary(Failure failure) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("at", failure.at().toString());
        summary.put("errorClass", failure.errorClass());
        summary.put("message", failure.message());
        return summary;
    }

    /** A history whose errors don't say more than their classes. */
    static String withoutMessages(String history) {
        try {
            var failures = JSON.readTree(history);
            failures.forEach(failure -> ((ObjectNode) failure).put("message", Masking.MASKED));
            return failures.toString();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The history is JSON by its column", e);
        }
    }

    private static List<Map<String, Object>> headers(Original original) {
        List<Map<String, Object>> headers = new ArrayList<>();
        for (var header : original.headers()) {
            Map<String, Object> named = new HashMap<>();
            named.put("name", header.name());
            var value = header.value();
            named.put("value", value == null ? null : Base64.getEncoder().encodeToString(value));
            headers.add(named);
        }
        return headers;
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Lists and maps of texts can be written as JSON", e);
        }
    }

    static byte[] fingerprint(Original original) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var key = original.key();
            var value = original.value();
            digest.update(ByteBuffer.allocate(12)
                    .putLong(original.timestamp())
                    .putInt(key == null ? -1 : key.length)
                    .array());
            if (key != null) {
                digest.update(key);
            }
            if (value != null) {
                digest.update(value);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
