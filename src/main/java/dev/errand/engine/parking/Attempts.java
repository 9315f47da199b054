package dev.errand.engine.parking;

import dev.errand.engine.error.Failure;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Scheduled attempts: claimed by one process at a time, ended by success or failure, one action of a user after the other.
 * Stateless and thread-safe; the caller's transaction decides what stays.
 *
 * <p>All times are the database's own: processes' clocks differ.
 */
public final class Attempts {

    private Attempts() {}

    /**
     * Claims the action that has been due for longest.
     *
     * @param connection in a transaction; the claim holds from its commit
     * @param lease for how long nobody else claims it: when a process dies, its attempt is made again after this
     * @return empty when none is due
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
     * Ends an attempt that succeeded, and claims the next action of its user's line.
     *
     * @param connection in the transaction of the action's effects
     * @return the user's next action; empty when none waits: the user's line is gone then, and what arrives goes its way
     * @throws ChangedDuringAttemptException if the action was changed by hand meanwhile: nothing of the attempt may stay
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
     * Ends an attempt that failed.
     *
     * @param connection in a transaction of its own
     * @param retryAfter until the next attempt
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
     * Ends the last attempt, which failed: the action is dead.
     *
     * @param connection in a transaction of its own
     * @param blocking whether its user's later actions go on waiting behind it
     * @param publish whether it is to be published
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

    /** An attempt that somebody has changed or ended since is another one. */
    private static Sql bind(Sql sql, ClaimedAttempt due) {
        return sql.bind("seq", due.seq()).bind("attempts", due.attempts()).bind("version", due.version());
    }

    /**
     * Gives a claim back: it counts neither for nor against the action. Does nothing where the action has changed since.
     *
     * @param until when it is due again
     */
    public static void giveBack(Connection connection, ClaimedAttempt due, Duration until) throws SQLException {
        postpone(connection, due, due.leaseCount(), until);
    }

    /** Claims it for longer: the attempt is still under way. Does nothing where the action has changed since. */
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
     * The attempt does not count as one that came to no end although it is still under way: its process ends by request. The
     * claim stays, for nobody else is to try while it is.
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
     * Sets lines in motion that have nothing in front which would do so. There should be none: this is for what nobody has
     * thought of.
     *
     * @return whose lines
     */
    public static Set<String> setStuckLinesInMotion(Connection connection) throws SQLException {
        var users = BlockedUsers.stuck(connection);
        for (var user : users) {
            BlockedUsers.lock(connection, user);
            UserQueue.advance(connection, user, Duration.ZERO);
        }
        return users;
    }
}
