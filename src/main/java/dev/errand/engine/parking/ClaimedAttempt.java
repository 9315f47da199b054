package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RecordPosition;
import dev.errand.engine.record.PublishedTrace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * A failed action whose next attempt one process has claimed, for a while.
 *
 * @param seq its row
 * @param action with the payload to take, edited or original
 * @param attempts how many of its scheduled attempts have failed
 * @param version how often it was put back on its schedule by hand: an attempt of before says nothing any more
 * @param leaseCount how often an attempt was begun before without coming to any end
 * @param blocking whether its user's later actions wait behind it
 * @param edited whether its payload is an edited one
 */
public record ClaimedAttempt(
        long seq, Action<String> action, int attempts, int version, int leaseCount, boolean blocking, boolean edited) {

    /** Of the rows that {@link #of} reads. */
    static final String SELECT = """
            SELECT seq, source, id, type, user_id, occurred_at, COALESCE(edited_payload, payload) AS payload,
                   topic, `partition`, `offset`, record_headers, attempts, version, lease_count, blocking,
                   edited_payload IS NOT NULL AS edited
            FROM parked_action
            """;

    /** Reads it from a row of {@link #SELECT}. */
    static ClaimedAttempt of(ResultSet row) throws SQLException {
        return new ClaimedAttempt(
                row.getLong("seq"),
                new Action<>(
                        new ActionKey(row.getString("source"), row.getString("id")),
                        row.getString("type"),
                        row.getString("user_id"),
                        row.getObject("occurred_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                        row.getString("payload"),
                        // What a CloudEvent says of it inside its value is not looked for again.
                        PublishedTrace.of(StoredHeaders.of(row.getString("record_headers"))),
                        new RecordPosition(row.getString("topic"), row.getInt("partition"), row.getLong("offset"))),
                row.getInt("attempts"),
                row.getInt("version"),
                row.getInt("lease_count"),
                row.getBoolean("blocking"),
                row.getBoolean("edited"));
    }
}
