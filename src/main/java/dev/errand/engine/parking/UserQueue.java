package dev.errand.engine.parking;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user's parked actions in their order: the first of those that block decides what is done next. Stateless and thread-safe; the
 * caller's transaction decides what stays.
 */
public final class UserQueue {

    private UserQueue() {}

    /** The first action of a user's queue. */
    public record Head(long seq, ParkedState state) {}

    /** The first of the actions that block this user, null where there is none: by one look into the index {@code line} for each state, however long the line is. */
    public static @Nullable Head head(Connection connection, String user) throws SQLException {
        var sql = """
                SELECT 'RETRYING', MIN(seq) FROM parked_action WHERE user_id = ? AND state = 'RETRYING' AND blocking = 1
                UNION ALL
                SELECT 'WAITING', MIN(seq) FROM parked_action WHERE user_id = ? AND state = 'WAITING' AND blocking = 1
                UNION ALL
                SELECT 'DEAD', MIN(seq) FROM parked_action WHERE user_id = ? AND state = 'DEAD' AND blocking = 1""";
        Head head = null;
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, user);
            statement.setString(2, user);
            statement.setString(3, user);
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    long seq = result.getLong(2);
                    if (!result.wasNull() && (head == null || seq < head.seq)) {
                        head = new Head(seq, ParkedState.valueOf(result.getString(1)));
                    }
                }
            }
        }
        return head;
    }

    /**
     * Lets a line go on after its first action has left it.
     *
     * @param connection in a transaction that has the line locked
     * @param lease until the next action is due, for whoever claims it then
     * @return the action that is first now and is to be tried; empty when the line has ended, or is blocked again
     */
    public static Optional<ClaimedAttempt> advance(Connection connection, String user, Duration lease)
            throws SQLException {
        var first = head(connection, user);
        if (first == null) {
            BlockedUsers.end(connection, user);
            return Optional.empty();
        }
        if (first.state() != ParkedState.WAITING) {
            return Optional.empty();
        }
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action
                SET state = 'RETRYING', attempts = 0, lease_count = 0, next_attempt_at = CURRENT_TIMESTAMP(6) + INTERVAL ? MICROSECOND
                WHERE seq = ?""")) {
            statement.setLong(1, lease.toNanos() / 1000);
            statement.setLong(2, first.seq());
            statement.executeUpdate();
        }
        try (var statement = connection.prepareStatement(ClaimedAttempt.SELECT + "WHERE seq = ?")) {
            statement.setLong(1, first.seq());
            try (var result = statement.executeQuery()) {
                return result.next() ? Optional.of(ClaimedAttempt.of(result)) : Optional.empty();
            }
        }
    }
}
