package dev.errand.engine.outbox;

import dev.errand.action.ActionKey;
import dev.errand.action.TraceContext;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table {@code outbox_event}: events that are not published yet. Callers own the transaction. Stateless and thread-safe. */
public final class Outbox {

    private static final Duration LONGEST_QUERY = Duration.ofSeconds(5);

    private Outbox() {}

    /** @param events in the order in which they are to be published */
    public static void add(Connection connection, List<OutboxEvent> events) throws SQLException {
        try (var statement = connection.prepareStatement("""
                INSERT INTO outbox_event (id, user_id, type, payload, cause_source, cause_id, occurred_at, traceparent, tracestate)
                VALUES (?,?,?,?,?,?,?,?,?)""")) {
            for (var event : events) {
                statement.setString(1, event.id());
                statement.setString(2, event.userId());
                statement.setString(3, event.type());
                statement.setString(4, event.payload());
                statement.setString(5, event.cause().source());
                statement.setString(6, event.cause().id());
                statement.setObject(7, event.occurredAt());
                var trace = event.traceContext();
                statement.setString(8, trace == null ? null : trace.traceparent());
                statement.setString(9, trace == null ? null : trace.tracestate());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /**
     * The events that are not published.
     *
     * @param events how many wait to be published, counted up to 100,000
     * @param oldest how long the first of the waiting events has waited; zero if none waits
     * @param quarantined how many are quarantined because they can't be published, counted up to 100,000
     */
    public record Backlog(long events, Duration oldest, long quarantined) {}

    /** Counts the events that are not published, with the index {@code publishing}. */
    public static Backlog backlog(Connection connection) throws SQLException {
        return Sql.of(connection, """
                SELECT
                  (SELECT COUNT(*) FROM
                    (SELECT 1 FROM outbox_event WHERE quarantined_at IS NULL LIMIT 100000) waiting) AS events,
                  (SELECT COUNT(*) FROM
                    (SELECT 1 FROM outbox_event WHERE quarantined_at IS NOT NULL LIMIT 100000) aside) AS quarantined,
                  (SELECT GREATEST(0, TIMESTAMPDIFF(MICROSECOND, emitted_at, CURRENT_TIMESTAMP(6)))
                    FROM outbox_event WHERE quarantined_at IS NULL ORDER BY seq LIMIT 1) AS oldest""")
                .timeout(LONGEST_QUERY)
                .first(row -> new Backlog(
                        row.getLong("events"),
                        Duration.of(row.getLong("oldest"), ChronoUnit.MICROS),
                        row.getLong("quarantined")))
                .orElseThrow();
    }

    /**
     * An event that waits to be published, without its payload.
     *
     * @param seq its primary key, which gives the order of publishing
     * @param bytes the size of its payload in UTF-8
     */
    public record Waiting(long seq, long bytes) {}

    /**
     * The events that have waited longest, without their payloads, which may be large. Uses the index {@code publishing}. Only one
     * process at a time publishes, so that each user's events stay in order: they are committed in the order of {@code seq},
     * because a user's units of work run one after the other.
     *
     * @param connection in a transaction that prevents other processes from publishing
     */
    public static List<Waiting> waiting(Connection connection, int limit) throws SQLException {
        return Sql.of(connection, """
                SELECT seq, payload_bytes FROM outbox_event FORCE INDEX (publishing)
                WHERE quarantined_at IS NULL ORDER BY seq LIMIT :limit""")
                .bind("limit", limit)
                .list(row -> new Waiting(row.getLong("seq"), row.getLong("payload_bytes")));
    }

    /**
     * An event with its primary key.
     *
     * @param seq its primary key, which gives the order of publishing
     */
    public record Placed(long seq, OutboxEvent event) {}

    /** @param places the {@code seq} of each event to be read, at least one */
    public static List<Placed> read(Connection connection, List<Long> places) throws SQLException {
        return Sql.of(connection, """
                SELECT seq, id, user_id, type, payload, cause_source, cause_id, occurred_at, traceparent, tracestate
                FROM outbox_event WHERE seq IN (:places) ORDER BY seq""")
                .bind("places", places)
                .list(row -> new Placed(
                        row.getLong("seq"),
                        new OutboxEvent(
                                row.getString("id"),
                                row.getString("user_id"),
                                row.getString("type"),
                                row.getString("payload"),
                                new ActionKey(row.getString("cause_source"), row.getString("cause_id")),
                                row.getObject("occurred_at", LocalDateTime.class),
                                trace(row))));
    }

    /** The stored trace context, which is not parsed again: only a well-formed one is stored. */
    private static @Nullable TraceContext trace(ResultSet row) throws SQLException {
        var parent = row.getString("traceparent");
        return parent == null ? null : new TraceContext(parent, row.getString("tracestate"));
    }

    /**
     * Deletes events that are published.
     *
     * @param places the {@code seq} of each, at least one
     */
    public static void remove(Connection connection, List<Long> places) throws SQLException {
        Sql.of(connection, "DELETE FROM outbox_event WHERE seq IN (:places)")
                .bind("places", places)
                .update();
    }

    /**
     * Quarantines events that can't be published.
     *
     * @param reasons the reasons by {@code seq}
     */
    public static void quarantine(Connection connection, Map<Long, String> reasons) throws SQLException {
        var update = Sql.of(connection, """
                UPDATE outbox_event SET quarantined_at = UTC_TIMESTAMP(6), quarantine_reason = :reason WHERE seq = :place""");
        reasons.forEach((place, reason) ->
                update.bind("place", place).bind("reason", reason).addBatch());
        update.batch();
    }
}
