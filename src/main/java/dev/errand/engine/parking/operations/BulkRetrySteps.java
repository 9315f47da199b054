package dev.errand.engine.parking.operations;

import dev.errand.engine.parking.BlockedUsers;
import dev.errand.engine.parking.ParkedState;
import dev.errand.engine.parking.Schedule;
import dev.errand.engine.parking.UserQueue;
import dev.errand.engine.parking.view.ParkedActionFilter;
import dev.errand.engine.parking.view.ParkedActionSearch;
import dev.errand.engine.parking.view.ParkedActionSearch.Position;
import dev.errand.engine.query.Queries;
import dev.errand.engine.query.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The steps of bulk retries. Each is a short transaction that locks its job's row, so that a job takes one step at a time among all
 * processes, at its own rate. The job's progress is in the same row, so another process takes the next step if one dies.
 * Thread-safe.
 */
@ApplicationScoped
public class BulkRetrySteps {

    /** How many actions a step examines at most. */
    private static final int CHUNK = 200;

    /** How far ahead actions are put on their schedules, and so for how long they still become due after a job is stopped. */
    private static final Duration AHEAD = Duration.ofSeconds(10);

    /** The next step is due when the scheduled actions last for only this long. */
    private static final Duration RESERVE = Duration.ofSeconds(5);

    private static final int LONGEST_PROBLEM = 500;

    private final DataSource dataSource;

    @Inject
    public BulkRetrySteps(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Returns at most ten jobs whose next step is due, those that have waited longest first, by the index {@code due}. */
    @Transactional(rollbackOn = Exception.class)
    public List<UUID> due() throws SQLException {
        try (var connection = dataSource.getConnection()) {
            return Queries.ask(connection, """
                    SELECT id FROM operator_job
                    WHERE state = 'RUNNING' AND next_step_at <= CURRENT_TIMESTAMP(6) AND kind = 'bulk-retry'
                    ORDER BY next_step_at LIMIT 10""").list(row -> UUID.fromString(row.getString("id")));
        }
    }

    /**
     * A job whose row is locked.
     *
     * @param cursor the position of the last action that was examined; null before the first step
     * @param microsAhead microseconds until the next action that is scheduled becomes due
     */
    private record Job(
            UUID id,
            ParkedActionFilter filter,
            LocalDateTime diedBefore,
            int perSecond,
            @Nullable Position cursor,
            long microsAhead) {

        long microsBetween() {
            return 1_000_000L / perSecond;
        }

        int wanted() {
            long missing = (AHEAD.toMillis() * 1000 - microsAhead) / microsBetween();
            return (int) Math.min(CHUNK, Math.max(1, missing));
        }
    }

    /**
     * Takes a job's next step.
     *
     * @return false if the step is not due, or another process takes it
     */
    @Transactional(rollbackOn = Exception.class)
    public boolean step(UUID id) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            var locked = lock(connection, id);
            if (locked.isEmpty()) {
                return false;
            }
            var job = locked.get();
            var found = new ParkedActionSearch(job.filter).oldest(connection, job.cursor, job.wanted());
            var scheduled = schedule(connection, job, found.positions());
            move(connection, job, found, scheduled);
            return true;
        }
    }

    private static Optional<Job> lock(Connection connection, UUID id) throws SQLException {
        return Queries.ask(connection, """
                        SELECT type, user_id, error_class, failed_from, failed_before, per_second, cursor_time, cursor_seq,
                               died_before,
                               GREATEST(0, TIMESTAMPDIFF(MICROSECOND, CURRENT_TIMESTAMP(6), next_due_at)) AS ahead
                        FROM operator_job
                        WHERE id = :id AND state = 'RUNNING' AND next_step_at <= CURRENT_TIMESTAMP(6)
                        FOR UPDATE SKIP LOCKED""").bind("id", id.toString()).first(row -> {
            var time = row.getObject("cursor_time", LocalDateTime.class);
            return new Job(
                    id,
                    BulkRetries.filter(row),
                    row.getObject("died_before", LocalDateTime.class),
                    row.getInt("per_second"),
                    time == null ? null : new Position(time, row.getLong("cursor_seq")),
                    row.getLong("ahead"));
        });
    }

    private record Wanted(long seq, String user) {}

    /**
     * Puts actions on their schedules, due one after another at the job's rate. An action waits first if another parked action blocks
     * its user.
     *
     * @return how many actions were scheduled
     */
    private static int schedule(Connection connection, Job job, List<Position> positions) throws SQLException {
        var wanted = readable(connection, positions);
        var users = new TreeSet<String>();
        wanted.forEach(each -> users.add(each.user));
        // Locks all rows in the order of the user ids, so that two such transactions can't deadlock.
        BlockedUsers.open(connection, users);
        int scheduled = 0;
        for (var each : wanted) {
            if (isStillDead(connection, each.seq, job.diedBefore)) {
                long after = job.microsAhead + scheduled * job.microsBetween();
                Schedule.begin(
                        connection,
                        each.seq,
                        ParkedState.DEAD,
                        each.user,
                        Duration.ofNanos(after * 1000),
                        null,
                        job.id.toString());
                scheduled++;
            } else {
                UserQueue.advance(connection, each.user, Duration.ZERO);
            }
        }
        return scheduled;
    }

    private static List<Wanted> readable(Connection connection, List<Position> positions) throws SQLException {
        if (positions.isEmpty()) {
            return List.of();
        }
        return Queries.ask(connection, """
                SELECT seq, user_id FROM parked_action
                WHERE seq IN (:seqs) AND id IS NOT NULL ORDER BY failed_at, seq""")
                .bind("seqs", positions.stream().map(Position::seq).toList())
                .list(row -> new Wanted(row.getLong("seq"), row.getString("user_id")));
    }

    /** Returns whether the action is dead and was so before the job began. */
    private static boolean isStillDead(Connection connection, long seq, LocalDateTime diedBefore) throws SQLException {
        return Sql.of(connection, """
                SELECT 1 FROM parked_action
                WHERE seq = :seq AND state = :dead AND died_at <= :before FOR UPDATE""")
                .bind("seq", seq)
                .bind("dead", ParkedState.DEAD)
                .bind("before", diedBefore)
                .exists();
    }

    private static void move(Connection connection, Job job, ParkedActionSearch.Result found, int scheduled)
            throws SQLException {
        var cursor = found.end();
        long ahead = job.microsAhead + scheduled * job.microsBetween();
        Sql.of(connection, """
                UPDATE operator_job
                SET state = IF(:done, 'DONE', 'RUNNING'), ended_at = IF(:done, CURRENT_TIMESTAMP(6), NULL),
                    cursor_time = COALESCE(:time, cursor_time), cursor_seq = COALESCE(:seq, cursor_seq),
                    examined = examined + :examined, scheduled = scheduled + :scheduled, problem = NULL,
                    next_due_at = CURRENT_TIMESTAMP(6) + INTERVAL :ahead MICROSECOND,
                    next_step_at = CURRENT_TIMESTAMP(6) + INTERVAL :pause MICROSECOND
                WHERE id = :id""")
                .bind("done", cursor == null)
                .bind("time", cursor == null ? null : cursor.failedAt())
                .bind("seq", cursor == null ? null : cursor.seq())
                .bind("examined", found.positions().size())
                .bind("scheduled", scheduled)
                .bind("ahead", ahead)
                .bind("pause", Math.max(0, ahead - RESERVE.toMillis() * 1000))
                .bind("id", job.id.toString())
                .update();
    }

    /** Records why a job's step failed, and postpones the job by five seconds so that other jobs go first. */
    @Transactional(rollbackOn = Exception.class)
    public void postpone(UUID id, String problem) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            Sql.of(connection, """
                    UPDATE operator_job
                    SET problem = :problem, next_step_at = CURRENT_TIMESTAMP(6) + INTERVAL 5 SECOND
                    WHERE id = :id AND state = 'RUNNING'""")
                    .bind("problem", problem.substring(0, Math.min(LONGEST_PROBLEM, problem.length())))
                    .bind("id", id.toString())
                    .update();
        }
    }
}
