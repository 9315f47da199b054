package dev.errand.engine.parking;

import dev.errand.engine.error.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
                WHERE state = 'RETRYING' AND next_attempt_at <= CURRENT_TIMESTAMP(6)
                ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED""";
        ClaimedAttempt due;
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            if (!result.next()) {
                return Optional.empty();
            }
            due = ClaimedAttempt.of(result);
        }
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action
                SET lease_count = lease_count + 1, next_attempt_at = CURRENT_TIMESTAMP(6) + INTERVAL ? MICROSECOND
                WHERE seq = ?""")) {
            statement.setLong(1, micros(lease));
            statement.setLong(2, due.seq());
            statement.executeUpdate();
        }
        return Optional.of(due);
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
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action SET state = 'RESOLVED', attempts = attempts + 1, next_attempt_at = NULL
                WHERE seq = ? AND state = 'RETRYING' AND version = ?""")) {
            statement.setLong(1, due.seq());
            statement.setInt(2, due.version());
            if (statement.executeUpdate() == 0) {
                throw new ChangedDuringAttemptException(due.seq());
            }
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
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action
                SET attempts = attempts + 1, lease_count = 0,
                    next_attempt_at = CURRENT_TIMESTAMP(6) + INTERVAL ? MICROSECOND, error_class = ?, error_message = ?, stack_trace = ?,
                    history = JSON_ARRAY_APPEND(history, '$', CAST(? AS JSON))
                WHERE seq = ? AND state = 'RETRYING' AND attempts = ? AND version = ?""")) {
            statement.setLong(1, micros(retryAfter));
            bind(failure, statement, 2);
            statement.setLong(6, due.seq());
            statement.setInt(7, due.attempts());
            statement.setInt(8, due.version());
            statement.executeUpdate();
        }
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
        int rows;
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action
                SET state = 'DEAD', died_at = CURRENT_TIMESTAMP(6), attempts = attempts + 1, lease_count = 0, next_attempt_at = NULL,
                    error_class = ?, error_message = ?, stack_trace = ?,
                    history = JSON_ARRAY_APPEND(history, '$', CAST(? AS JSON)), blocking = blocking AND ?, to_publish = ?,
                    letter_quarantined_at = NULL, letter_quarantine_reason = NULL
                WHERE seq = ? AND state = 'RETRYING' AND attempts = ? AND version = ?""")) {
            bind(failure, statement, 1);
            statement.setBoolean(5, blocking);
            statement.setBoolean(6, publish);
            statement.setLong(7, due.seq());
            statement.setInt(8, due.attempts());
            statement.setInt(9, due.version());
            rows = statement.executeUpdate();
        }
        if (rows == 1 && due.blocking() && !blocking) {
            UserQueue.advance(connection, due.action().userId(), Duration.ZERO);
        }
    }

    private static void bind(Failure failure, PreparedStatement statement, int from) throws SQLException {
        statement.setString(from, failure.errorClass());
        statement.setString(from + 1, failure.message());
        statement.setString(from + 2, failure.stackTrace());
        statement.setString(from + 3, FailureHistory.of(failure));
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
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action
                SET lease_count = ?, next_attempt_at = CURRENT_TIMESTAMP(6) + INTERVAL ? MICROSECOND
                WHERE seq = ? AND state = 'RETRYING' AND attempts = ? AND version = ?""")) {
            statement.setInt(1, leaseCount);
            statement.setLong(2, micros(by));
            statement.setLong(3, due.seq());
            statement.setInt(4, due.attempts());
            statement.setInt(5, due.version());
            statement.executeUpdate();
        }
    }

    /**
     * The attempt does not count as one that came to no end although it is still under way: its process ends by request. The
     * claim stays, for nobody else is to try while it is.
     */
    public static void forgive(Connection connection, ClaimedAttempt due) throws SQLException {
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action SET lease_count = ?
                WHERE seq = ? AND state = 'RETRYING' AND attempts = ? AND version = ?""")) {
            statement.setInt(1, due.leaseCount());
            statement.setLong(2, due.seq());
            statement.setInt(3, due.attempts());
            statement.setInt(4, due.version());
            statement.executeUpdate();
        }
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
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
