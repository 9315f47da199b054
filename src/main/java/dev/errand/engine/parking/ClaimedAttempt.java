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
 * A parked action whose next attempt this process has claimed until its lease ends.
 *
 * @param seq the primary key of its row
 * @param action the action, with its edited payload if there is one
 * @param attempts how many scheduled attempts have failed since it was last put on its schedule
 * @param version how often an operator has put it back on its schedule: an attempt claimed with an older version is void
 * @param leaseCount how many attempts began before and never ended
 * @param blocking whether the user's later actions wait behind it
 * @param edited whether the payload is an edited one
 */
public record ClaimedAttempt(
        long seq, Action<String> action, int attempts, int version, int leaseCount, boolean blocking, boolean edited) {

    /** Selects the columns that {@link #of} reads. */
    static final String SELECT = """
            SELECT seq, source, id, type, user_id, occurred_at, COALESCE(edited_payload, payload) AS payload,
                   topic, `partition`, `offset`, record_headers, attempts, version, lease_count, blocking,
                   edited_payload IS NOT NULL AS edited
            FROM parked_action
            """;

    /** Reads a row of {@link #SELECT}. */
    static ClaimedAttempt of(ResultSet row) throws SQLException {
        return new ClaimedAttempt(
                row.getLong("seq"),
                new Action<>(
                        new ActionKey(row.getString("source"), row.getString("id")),
                        row.getString("type"),
                        row.getString("user_id"),
                        row.getObject("occurred_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                        row.getString("payload"),
                        // A trace context that only the CloudEvent in the record's value names is not parsed again.
                        PublishedTrace.of(StoredHeaders.of(row.getString("record_headers"))),
                        new RecordPosition(row.getString("topic"), row.getInt("partition"), row.getLong("offset"))),
                row.getInt("attempts"),
                row.getInt("version"),
                row.getInt("lease_count"),
                row.getBoolean("blocking"),
                row.getBoolean("edited"));
    }
}
