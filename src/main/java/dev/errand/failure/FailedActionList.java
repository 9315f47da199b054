package dev.errand.failure;

import dev.errand.failure.FailedActionView.AuditEntry;
import dev.errand.failure.FailedActionView.BulkState;
import dev.errand.failure.FailedActionView.Detail;
import dev.errand.failure.FailedActionView.Group;
import dev.errand.failure.FailedActionView.Item;
import dev.errand.query.Masking;
import dev.errand.query.Queries;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Failed actions as people look at them. Thread-safe. */
@Singleton
public class FailedActionList {

    private static final String ITEM = """
            SELECT seq, state, blocking, user_id, source, id, type, occurred_at, topic, `partition`, `offset`, attempts,
                   next_attempt_at, error_class, error_message, failed_at, changed_at
            """;

    /** How many of the latest are counted by their errors. */
    private static final int GROUPED = 10_000;

    private final Queries queries;
    private final Masking masking;

    @Inject
    FailedActionList(Queries queries, Masking masking) {
        this.queries = queries;
        this.masking = masking;
    }

    /**
     * Lists failed actions, the latest first.
     *
     * @param before the last number of the page before, null for the first page
     * @param limit how many at most
     */
    public List<Item> list(Filter filter, @Nullable Long before, int limit) throws SQLException {
        var conditions = filter.conditions();
        conditions.add("seq < ?", before);
        return queries.list(
                ITEM + "FROM failed_action" + conditions.where() + " ORDER BY seq DESC LIMIT " + limit,
                conditions.values(),
                this::item);
    }

    /**
     * Counts the latest failed actions by state, error class and type, the most first. Not all of them: after a bad day there
     * may be millions, and it is now that somebody wants to look.
     */
    public List<Group> groups(Filter filter) throws SQLException {
        var conditions = filter.conditions();
        return queries.list(
                """
                SELECT state, error_class, type, COUNT(*), MIN(failed_at) AS first, MAX(failed_at) AS last, MAX(error_message)
                FROM (SELECT state, error_class, type, failed_at, error_message FROM failed_action"""
                        + conditions.where()
                        + " ORDER BY seq DESC LIMIT " + GROUPED + ") AS latest"
                        + " GROUP BY state, error_class, type ORDER BY COUNT(*) DESC, error_class, type LIMIT 500",
                conditions.values(),
                row -> new Group(
                        FailedState.valueOf(row.getString(1)),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        Queries.known(row, "first"),
                        Queries.known(row, "last"),
                        masking.shown(row.getString(3), row.getString(7))));
    }

    /** One failed action. */
    public Optional<Detail> find(long seq) throws SQLException {
        var sql = ITEM + """
                , payload, edited_payload, record_key, record_value, record_headers, stack_trace, history, bulk_retry, reason,
                  (SELECT COUNT(*) FROM failed_action behind
                   WHERE behind.user_id = failed_action.user_id AND behind.state = 'WAITING' AND behind.blocking = 1
                     AND behind.seq > failed_action.seq)
                FROM failed_action WHERE seq = ?""";
        return queries.list(sql, List.of(seq), this::detail).stream().findFirst();
    }

    /** A user's line: what is not over yet, in the order in which it will be done. */
    public List<Item> line(String userId, @Nullable Long after, int limit) throws SQLException {
        return queries.list(ITEM + """
                FROM failed_action
                WHERE user_id = ? AND state IN ('RETRYING', 'WAITING', 'DEAD') AND blocking = 1 AND seq > ?
                ORDER BY seq LIMIT\s""" + limit, List.of(userId, after == null ? 0L : after), this::item);
    }

    /** What people did to one failed action, in order. */
    public List<AuditEntry> audit(long seq) throws SQLException {
        return queries.list(
                """
                SELECT entry.at, entry.actor, entry.deed, entry.detail, failed.type
                FROM audit_entry entry LEFT JOIN failed_action failed ON failed.seq = ?
                WHERE entry.subject = ? ORDER BY entry.seq LIMIT 500""",
                List.of(seq, "failed-action/" + seq),
                row -> new AuditEntry(
                        Queries.known(row, "at"),
                        row.getString("actor"),
                        row.getString("deed"),
                        // An edit's has the payload.
                        masking.masks(row.getString("type")) ? Masking.MASK : row.getString("detail")));
    }

    /** How a bulk retry stands; empty when there is none of this name. */
    public List<BulkState> bulk(UUID id) throws SQLException {
        return queries.list(
                "SELECT state, COUNT(*) FROM failed_action WHERE bulk_retry = ? GROUP BY state ORDER BY state",
                List.of(id.toString()),
                row -> new BulkState(FailedState.valueOf(row.getString(1)), row.getLong(2)));
    }

    private Item item(ResultSet row) throws SQLException {
        return new Item(
                row.getLong("seq"),
                FailedState.valueOf(row.getString("state")),
                row.getBoolean("blocking"),
                row.getString("user_id"),
                row.getString("source"),
                row.getString("id"),
                row.getString("type"),
                Queries.instant(row, "occurred_at"),
                row.getString("topic"),
                row.getInt("partition"),
                row.getLong("offset"),
                row.getInt("attempts"),
                Queries.instant(row, "next_attempt_at"),
                row.getString("error_class"),
                masking.shown(row.getString("type"), row.getString("error_message")),
                Queries.known(row, "failed_at"),
                Queries.known(row, "changed_at"));
    }

    private Detail detail(ResultSet row) throws SQLException {
        var type = row.getString("type");
        var masked = masking.masks(type);
        var key = row.getBytes("record_key");
        var value = row.getBytes("record_value");
        return new Detail(
                item(row),
                masking.shown(type, row.getString("payload")),
                masking.shown(type, row.getString("edited_payload")),
                text(key),
                masked ? Masking.MASK : text(value),
                base64(key),
                masked ? null : base64(value),
                row.getString("record_headers"),
                masking.shown(type, row.getString("stack_trace")),
                masked ? FailedActions.withoutMessages(row.getString("history")) : row.getString("history"),
                row.getString("bulk_retry"),
                row.getString("reason"),
                row.getLong(27));
    }

    private static @Nullable String base64(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        try {
            return bytes == null
                    ? null
                    : StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
