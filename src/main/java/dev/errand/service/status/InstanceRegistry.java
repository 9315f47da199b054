package dev.errand.service.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.engine.query.Queries;
import dev.errand.engine.query.Sql;
import dev.errand.service.status.StatusView.Minute;
import dev.errand.service.status.StatusView.ProcessNumbers;
import dev.errand.service.status.StatusView.ProcessState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;

/** The states of all processes, in the tables {@code instance_state} and {@code outcome_minute}. Thread-safe. */
@ApplicationScoped
public class InstanceRegistry {

    /** A process that has written nothing for this long has ended, or is cut off from the database. */
    static final Duration GONE_AFTER = Duration.ofSeconds(15);

    private final DataSource dataSource;
    private final Queries queries;
    private final ObjectMapper json;

    @Inject
    InstanceRegistry(DataSource dataSource, Queries queries, ObjectMapper json) {
        this.dataSource = dataSource;
        this.queries = queries;
        this.json = json;
    }

    /**
     * Writes the state of a process, and adds the actions that it has processed since its last call.
     *
     * @param outcomes the number of those actions by outcome
     * @return whether intake is paused
     */
    @Transactional(rollbackOn = Exception.class)
    public boolean say(UUID process, String host, Instant startedAt, ProcessNumbers numbers, Map<String, Long> outcomes)
            throws SQLException {
        try (var connection = dataSource.getConnection()) {
            state(connection, process, host, startedAt, numbers);
            outcomes(connection, process, outcomes);
            return Sql.of(connection, "SELECT paused FROM pause_flag WHERE name = 'user-actions'")
                    .first(row -> row.getBoolean("paused"))
                    .orElse(false);
        }
    }

    private void state(Connection connection, UUID process, String host, Instant startedAt, ProcessNumbers numbers)
            throws SQLException {
        Sql.of(connection, """
                INSERT INTO instance_state (process, host, started_at, seen_at, state)
                VALUES (:process, :host, :started, CURRENT_TIMESTAMP(6), :state) AS now
                ON DUPLICATE KEY UPDATE seen_at = now.seen_at, state = now.state""")
                .bind("process", process.toString())
                .bind("host", host)
                .bind("started", startedAt.atOffset(ZoneOffset.UTC).toLocalDateTime())
                .bind("state", text(numbers))
                .update();
    }

    private String text(ProcessNumbers numbers) {
        try {
            return json.writeValueAsString(numbers);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The numbers of a process can't be written as JSON", e);
        }
    }

    private static void outcomes(Connection connection, UUID process, Map<String, Long> outcomes) throws SQLException {
        var insert = Sql.of(connection, """
                INSERT INTO outcome_minute (minute, process, outcome, actions)
                VALUES (DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:00'), :process, :outcome, :actions) AS now
                ON DUPLICATE KEY UPDATE actions = outcome_minute.actions + now.actions""");
        for (var outcome : outcomes.entrySet()) {
            if (outcome.getValue() > 0) {
                insert.bind("process", process.toString())
                        .bind("outcome", outcome.getKey())
                        .bind("actions", outcome.getValue())
                        .addBatch();
            }
        }
        insert.batch();
    }

    /** Removes a process that ends. */
    @Transactional(rollbackOn = Exception.class)
    public void leave(UUID process) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            Sql.of(connection, "DELETE FROM instance_state WHERE process = :process")
                    .bind("process", process.toString())
                    .update();
        }
    }

    /** Deletes what is older than a day. */
    @Transactional(rollbackOn = Exception.class)
    public void forget() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            Sql.of(connection, "DELETE FROM instance_state WHERE seen_at < UTC_TIMESTAMP(6) - INTERVAL 1 DAY")
                    .update();
            Sql.of(connection, "DELETE FROM outcome_minute WHERE minute < UTC_TIMESTAMP() - INTERVAL 1 DAY")
                    .update();
        }
    }

    /**
     * The processes that have written their state within {@link #GONE_AFTER}, the longest running first; 500 at most.
     */
    public List<ProcessState> running() throws SQLException {
        return queries.list(
                """
                SELECT process, host, started_at, seen_at, state FROM instance_state
                WHERE seen_at > UTC_TIMESTAMP(6) - INTERVAL :gone SECOND ORDER BY started_at, process LIMIT 500""",
                Map.of("gone", GONE_AFTER.toSeconds()),
                row -> new ProcessState(
                        row.getString("process"),
                        row.getString("host"),
                        Queries.known(row, "started_at"),
                        Queries.known(row, "seen_at"),
                        numbers(row.getString("state"))));
    }

    private ProcessNumbers numbers(String text) {
        try {
            return json.readValue(text, ProcessNumbers.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("instance_state has a state that no process of this version writes", e);
        }
    }

    /** The last 60 minutes in order of time, the current one included, also those in which nothing happened. */
    public List<Minute> lastHour() throws SQLException {
        var minutes = minutes();
        var now = queries.first("SELECT UTC_TIMESTAMP(6) AS now", Map.of(), row -> Queries.known(row, "now"))
                .orElseThrow();
        var last = now.truncatedTo(ChronoUnit.MINUTES);
        List<Minute> hour = new ArrayList<>();
        for (int ago = 59; ago >= 0; ago--) {
            var minute = last.minus(Duration.ofMinutes(ago));
            hour.add(new Minute(minute, minutes.getOrDefault(minute, Map.of())));
        }
        return hour;
    }

    /** The minutes in which something happened, each with the number of actions by outcome. */
    private Map<Instant, Map<String, Long>> minutes() throws SQLException {
        return queries.with(connection -> {
            Map<Instant, Map<String, Long>> minutes = new TreeMap<>();
            Queries.ask(connection, """
                    SELECT minute, outcome, SUM(actions) AS actions FROM outcome_minute
                    WHERE minute > UTC_TIMESTAMP() - INTERVAL 60 MINUTE GROUP BY minute, outcome LIMIT 1000""")
                    .each(row -> minutes.computeIfAbsent(Queries.known(row, "minute"), any -> new LinkedHashMap<>())
                            .put(row.getString("outcome"), row.getLong("actions")));
            return minutes;
        });
    }
}
