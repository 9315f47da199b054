package dev.errand.engine.parking.operations;

import dev.errand.engine.audit.Audit;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.view.ParkedActionFilter;
import dev.errand.engine.parking.view.ParkedActionView.BulkPreview;
import dev.errand.engine.parking.view.ParkedActionView.BulkProgress;
import dev.errand.engine.parking.view.ParkedActionView.BulkRetry;
import dev.errand.engine.parking.view.ParkedActionView.BulkState;
import dev.errand.engine.parking.view.ParkedActionView.JobState;
import dev.errand.engine.query.Queries;
import dev.errand.engine.query.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Retries of many dead actions, which operators begin, watch and stop. Each is a job in {@code operator_job} that survives restarts;
 * {@link BulkRetrySteps} carries it out. Thread-safe.
 */
@ApplicationScoped
public class BulkRetries {

    /** Up to how many actions in a state are counted. */
    private static final int COUNTED = 10_000;

    private static final String FIELDS = """
            SELECT id, state, type, user_id, error_class, failed_from, failed_before, per_second, actor, created_at, ended_at,
                   stopped_by, examined, scheduled, problem
            FROM operator_job
            """;

    private final DataSource dataSource;
    private final Queries queries;

    @Inject
    public BulkRetries(DataSource dataSource, Queries queries) {
        this.dataSource = dataSource;
        this.queries = queries;
    }

    /**
     * Begins a bulk retry of the actions that are dead now. Some process takes its first step within a second.
     *
     * @param filter which dead actions; unreadable and conflicting records are left out
     * @param perSecond how many actions become due in a second, at least 1
     * @param actor the operator, for the audit
     * @return the id of the bulk retry
     */
    @Transactional(rollbackOn = Exception.class)
    public UUID begin(ParkedActionFilter filter, int perSecond, String actor) throws SQLException {
        return begin(filter, null, perSecond, actor);
    }

    /**
     * Begins a bulk retry of the actions that an operator has seen in a preview.
     *
     * @param diedBy leaves out actions that died after this; null for now
     */
    @Transactional(rollbackOn = Exception.class)
    public UUID begin(ParkedActionFilter filter, @Nullable Instant diedBy, int perSecond, String actor)
            throws SQLException {
        var id = UUID.randomUUID();
        try (var connection = dataSource.getConnection()) {
            Sql.of(connection, """
                    INSERT INTO operator_job
                      (id, kind, type, user_id, error_class, failed_from, failed_before, died_before, per_second, actor)
                    VALUES (:id, 'bulk-retry', :type, :user, :error, :from,
                            LEAST(COALESCE(:to, CURRENT_TIMESTAMP(6)), CURRENT_TIMESTAMP(6)),
                            LEAST(COALESCE(:diedBy, CURRENT_TIMESTAMP(6)), CURRENT_TIMESTAMP(6)), :perSecond, :actor)""")
                    .bind("id", id.toString())
                    .bind("type", filter.type())
                    .bind("user", filter.userId())
                    .bind("error", filter.errorClass())
                    .bind("from", filter.fromUtc())
                    .bind("to", filter.toUtc())
                    .bind("diedBy", ParkedActionFilter.utc(diedBy))
                    .bind("perSecond", perSecond)
                    .bind("actor", actor)
                    .update();
            Audit.note(
                    connection,
                    actor,
                    "bulk-retry",
                    subject(id),
                    Map.of("filter", described(filter), "perSecond", perSecond));
        }
        return id;
    }

    private static Map<String, String> described(ParkedActionFilter filter) {
        Map<String, String> described = new LinkedHashMap<>();
        describe(described, "type", filter.type());
        describe(described, "userId", filter.userId());
        describe(described, "errorClass", filter.errorClass());
        describe(described, "from", filter.from());
        describe(described, "to", filter.to());
        return described;
    }

    private static void describe(Map<String, String> described, String name, @Nullable Object value) {
        if (value != null) {
            described.put(name, value.toString());
        }
    }

    /**
     * Stops a bulk retry. Actions that it has not put on their schedules stay dead; those that it has become due within the next ten
     * seconds. Stopping a bulk retry that has ended changes nothing.
     *
     * @param actor the operator, for the audit
     * @return empty if there is no bulk retry with this id
     */
    @Transactional(rollbackOn = Exception.class)
    public Optional<BulkRetry> stop(UUID id, String actor) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            int stopped = Sql.of(connection, """
                    UPDATE operator_job SET state = 'STOPPED', stopped_by = :actor, ended_at = CURRENT_TIMESTAMP(6), problem = NULL
                    WHERE id = :id AND kind = 'bulk-retry' AND state = 'RUNNING'""")
                    .bind("actor", actor)
                    .bind("id", id.toString())
                    .update();
            if (stopped == 1) {
                Audit.note(connection, actor, "stop-bulk-retry", subject(id), Map.of());
            }
            return find(connection, id);
        }
    }

    private static String subject(UUID id) {
        return "bulk-retry/" + id;
    }

    /**
     * Counts the actions that a bulk retry would retry if it began now.
     *
     * @param filter must be for dead actions
     * @param diedBy leaves out actions that died after this; null for now
     */
    public BulkPreview preview(ParkedActionFilter filter, @Nullable Instant diedBy) throws SQLException {
        return queries.with(connection -> BulkPreviews.of(connection, filter, diedBy));
    }

    /** Returns a bulk retry's progress; empty if there is none with this id. */
    public Optional<BulkProgress> progress(UUID id) throws SQLException {
        return queries.with(connection -> {
            var retry = find(connection, id);
            return retry.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new BulkProgress(retry.get(), states(connection, id)));
        });
    }

    /** Returns the bulk retries that were begun last, the latest first. */
    public List<BulkRetry> latest(int limit) throws SQLException {
        return queries.list(
                FIELDS + "WHERE kind = 'bulk-retry' ORDER BY created_at DESC LIMIT :limit",
                Map.of("limit", limit),
                BulkRetries::retry);
    }

    private static Optional<BulkRetry> find(Connection connection, UUID id) throws SQLException {
        return Queries.ask(connection, FIELDS + "WHERE id = :id AND kind = 'bulk-retry'")
                .bind("id", id.toString())
                .first(BulkRetries::retry);
    }

    /** Counts by the index {@code bulk}. */
    private static List<BulkState> states(Connection connection, UUID id) throws SQLException {
        var sql = Arrays.stream(ParkedState.values())
                .map(state -> """
                        SELECT '%s' AS state, (SELECT COUNT(*) FROM (
                          SELECT 1 FROM parked_action WHERE bulk_retry = :id AND state = '%s' LIMIT :counted) AS some) AS count
                        """.formatted(state, state))
                .collect(Collectors.joining(" UNION ALL "));
        return Queries.ask(connection, sql)
                .bind("id", id.toString())
                .bind("counted", COUNTED)
                .list(row -> new BulkState(ParkedState.valueOf(row.getString("state")), row.getLong("count")))
                .stream()
                .filter(each -> each.count() > 0)
                .toList();
    }

    private static BulkRetry retry(ResultSet row) throws SQLException {
        return new BulkRetry(
                UUID.fromString(row.getString("id")),
                JobState.valueOf(row.getString("state")),
                filter(row),
                row.getInt("per_second"),
                row.getString("actor"),
                Queries.known(row, "created_at"),
                Queries.instant(row, "ended_at"),
                row.getString("stopped_by"),
                row.getLong("examined"),
                row.getLong("scheduled"),
                row.getString("problem"));
    }

    static ParkedActionFilter filter(ResultSet row) throws SQLException {
        return new ParkedActionFilter(
                ParkedState.DEAD,
                row.getString("type"),
                row.getString("user_id"),
                row.getString("error_class"),
                Queries.instant(row, "failed_from"),
                Queries.instant(row, "failed_before"));
    }
}
