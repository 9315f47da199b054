package dev.errand.engine.parking;

import dev.errand.engine.error.Failure;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Scheduled attempts: one process at a time claims an action, the attempt ends by success or failure, and one action of a user
 * follows another. Stateless and thread-safe; it takes part in the caller's transaction.
 *
 * <p>All times are by the database's clock, because the clocks of processes differ.
 */
public final class Attempts {

    private Attempts() {}

    /**
     * Claims the action that has been due for longest.
     *
     * @param connection in a transaction; the claim takes effect with its commit
     * @param lease how long no other process can claim the action; if this process dies, another one makes the attempt after it
     * @return empty if no action is due
     */
    public static Optional<ClaimedAttempt> claim(Connection connection, Duration lease) throws SQLException {
        var sql = ClaimedAttempt.SELECT + """
                FORCE INDEX (due)
                WHERE state = :retrying AND next_attempt_at <= CURRENT_TIMESTAMP(6)
                ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED""";
        var due = Sql.of(connection, sql).bind("retrying", ParkedState.RETRYING).first(ClaimedAttempt::of);
        if (due.isPresent()) {
            Sql.of(connection, """
                    UPDATE parked_action
                    SET lease_count = lease_count + 1, next_attempt_at = CURRENT_TIMESTAMP(6) + INTERVAL :lease MICROSECOND
                    WHERE seq = :seq""")
                    .bind("lease", Sql.micros(lease))
                    .bind("seq", due.get().seq())
                    .update();
        }
        return due;
    }

    /**
     * Ends an attempt that succeeded, and claims the user's next parked action.
     *
     * @param connection in the transaction of the action's effects
     * @return the user's next action, claimed; empty if the user is no longer blocked, or is blocked by another action that is not
     *     WAITING
     * @throws ChangedDuringAttemptException if the action was changed in the meantime: the attempt must be rolled back
     */
    public static Optional<ClaimedAttempt> markSucceeded(Connection connection, ClaimedAttempt due, Duration lease)
            throws SQLException {
        if (due.blocking()) {
            BlockedUsers.lock(connection, due.action().userId());
        }
        int rows = Sql.of(connection, """
                UPDATE parked_action SET state = :to, attempts = attempts + 1, next_attempt_at = NULL
                WHERE seq = :seq AND state IN (:from) AND version = :version""")
                .bind("to", ParkedState.Transition.RESOLVE.to())
                .bind("from", ParkedState.Transition.RESOLVE.from())
                .bind("seq", due.seq())
                .bind("version", due.version())
                .update();
        if (rows == 0) {
            throw new ChangedDuringAttemptException(due.seq());
        }
        return due.blocking() ? UserQueue.advance(connection, due.action().userId(), lease) : Optional.empty();
    }

    /**
     * Ends an attempt that failed. Does nothing if the action was changed in the meantime.
     *
     * @param connection in a transaction of its own
     * @param retryAfter the delay until the next attempt
     */
    public static void markFailed(Connection connection, ClaimedAttempt due, Failure failure, Duration retryAfter)
            throws SQLException {
        var update = Sql.of(connection, """
                UPDATE parked_action
                SET attempts = attempts + 1, lease_count = 0,
                    next_attempt_at = CURRENT_TIMESTAMP(6) + INTERVAL :after MICROSECOND,
                    error_class = :errorClass, error_message = :message, stack_trace = :stackTrace,
                    history = JSON_ARRAY_APPEND(history, '$', CAST(:failure AS JSON))
                WHERE seq = :seq AND state = :retrying AND attempts = :attempts AND version = :version""");
        bind(update, failure).bind("after", Sql.micros(retryAfter)).bind("retrying", ParkedState.RETRYING);
        bind(update, due).update();
    }

    /**
     * Ends the last attempt, which failed: the action is dead. Does nothing if the action was changed in the meantime.
     *
     * @param connection in a transaction of its own
     * @param blocking whether the dead action goes on blocking its user
     * @param publish whether to publish it to the dead-letter topic
     */
    public static void markDead(
            Connection connection, ClaimedAttempt due, Failure failure, boolean blocking, boolean publish)
            throws SQLException {
        if (due.blocking()) {
            BlockedUsers.lock(connection, due.action().userId());
        }
        var update = Sql.of(connection, """
                UPDATE parked_action
                SET state = :to, died_at = CURRENT_TIMESTAMP(6), attempts = attempts + 1, lease_count = 0, next_attempt_at = NULL,
                    error_class = :errorClass, error_message = :message, stack_trace = :stackTrace,
                    history = JSON_ARRAY_APPEND(history, '$', CAST(:failure AS JSON)),
                    blocking = blocking AND :blocking, to_publish = :publish,
                    letter_quarantined_at = NULL, letter_quarantine_reason = NULL
                WHERE seq = :seq AND state IN (:from) AND attempts = :attempts AND version = :version""")
                .bind("to", ParkedState.Transition.DIE.to())
                .bind("from", ParkedState.Transition.DIE.from())
                .bind("blocking", blocking)
                .bind("publish", publish);
        int rows = bind(bind(update, failure), due).update();
        if (rows == 1 && due.blocking() && !blocking) {
            UserQueue.advance(connection, due.action().userId(), Duration.ZERO);
        }
    }

    private static Sql bind(Sql sql, Failure failure) {
        return sql.bind("errorClass", failure.errorClass())
                .bind("message", failure.message())
                .bind("stackTrace", failure.stackTrace())
                .bind("failure", FailureHistory.of(failure));
    }

    /** Matches no row if the attempt has ended, or the action was changed, since it was claimed. */
    private static Sql bind(Sql sql, ClaimedAttempt due) {
        return sql.bind("seq", due.seq()).bind("attempts", due.attempts()).bind("version", due.version());
    }

    /**
     * Gives a claim back without counting an attempt. Does nothing if the action was changed since it was claimed.
     *
     * @param until the delay until the action is due again
     */
    public static void giveBack(Connection connection, ClaimedAttempt due, Duration until) throws SQLException {
        postpone(connection, due, due.leaseCount(), until);
    }

    /** Renews the lease of an attempt that still runs. Does nothing if the action was changed since it was claimed. */
    public static void prolong(Connection connection, ClaimedAttempt due, Duration lease) throws SQLException {
        postpone(connection, due, due.leaseCount() + 1, lease);
    }

    private static void postpone(Connection connection, ClaimedAttempt due, int leaseCount, Duration by)
            throws SQLException {
        var update = Sql.of(connection, """
                UPDATE parked_action
                SET lease_count = :leases, next_attempt_at = CURRENT_TIMESTAMP(6) + INTERVAL :by MICROSECOND
                WHERE seq = :seq AND state = :retrying AND attempts = :attempts AND version = :version""")
                .bind("leases", leaseCount)
                .bind("by", Sql.micros(by))
                .bind("retrying", ParkedState.RETRYING);
        bind(update, due).update();
    }

    /**
     * Takes back the count of an attempt that still runs while its process shuts down, so that it does not count as one that never
     * ended. The lease stays, because no other process may make the attempt while it runs.
     */
    public static void forgive(Connection connection, ClaimedAttempt due) throws SQLException {
        var update = Sql.of(connection, """
                UPDATE parked_action SET lease_count = :leases
                WHERE seq = :seq AND state = :retrying AND attempts = :attempts AND version = :version""");
        bind(update, due)
                .bind("leases", due.leaseCount())
                .bind("retrying", ParkedState.RETRYING)
                .update();
    }

    /**
     * Unblocks users whose parked actions all wait although none is RETRYING or DEAD. There should be no such user: this guards
     * against unknown defects.
     *
     * @return the users
     */
    public static Set<String> resumeStuckUsers(Connection connection) throws SQLException {
        var users = BlockedUsers.stuck(connection);
        for (var user : users) {
            BlockedUsers.lock(connection, user);
            UserQueue.advance(connection, user, Duration.ZERO);
        }
        return users;
    }
}
