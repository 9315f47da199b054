package dev.errand.engine.parking.view;

import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * How many parked actions are neither resolved nor discarded. Each count ends at 100,000, so that the query is cheap whatever
 * happens.
 *
 * @param actions how many are in each state; resolved and discarded ones are left out
 * @param overdue for how long the most overdue scheduled attempt has been due; zero if none is
 * @param unpublished how many dead actions wait to be published
 * @param quarantined how many dead actions can't be published and are quarantined
 */
public record ParkedBacklog(Map<ParkedState, Long> actions, Duration overdue, long unpublished, long quarantined) {

    private static final Duration LONGEST_QUERY = Duration.ofSeconds(5);

    public ParkedBacklog {
        actions = Map.copyOf(actions);
    }

    /** Counts by the indexes {@code due}, {@code publishing} and {@code letter_quarantine}. */
    public static ParkedBacklog of(Connection connection) throws SQLException {
        return Sql.of(connection, """
                SELECT
                  (SELECT COUNT(*) FROM (SELECT 1 FROM parked_action WHERE state = :dead LIMIT 100000) dead) AS dead,
                  (SELECT COUNT(*) FROM (SELECT 1 FROM parked_action WHERE state = :retrying LIMIT 100000) retrying) AS retrying,
                  (SELECT COUNT(*) FROM (SELECT 1 FROM parked_action WHERE state = :waiting LIMIT 100000) waiting) AS waiting,
                  (SELECT COUNT(*) FROM (SELECT 1 FROM parked_action WHERE to_publish = 1 LIMIT 100000) unpublished)
                    AS unpublished,
                  (SELECT COUNT(*) FROM
                    (SELECT 1 FROM parked_action WHERE letter_quarantined_at IS NOT NULL LIMIT 100000) aside)
                    AS quarantined,
                  (SELECT GREATEST(0, TIMESTAMPDIFF(MICROSECOND, MIN(next_attempt_at), CURRENT_TIMESTAMP(6)))
                    FROM parked_action WHERE state = :retrying) AS overdue""")
                .bind("dead", ParkedState.DEAD)
                .bind("retrying", ParkedState.RETRYING)
                .bind("waiting", ParkedState.WAITING)
                .timeout(LONGEST_QUERY)
                .first(row -> new ParkedBacklog(
                        Map.of(
                                ParkedState.DEAD, row.getLong("dead"),
                                ParkedState.RETRYING, row.getLong("retrying"),
                                ParkedState.WAITING, row.getLong("waiting")),
                        Duration.of(row.getLong("overdue"), ChronoUnit.MICROS),
                        row.getLong("unpublished"),
                        row.getLong("quarantined")))
                .orElseThrow();
    }
}
