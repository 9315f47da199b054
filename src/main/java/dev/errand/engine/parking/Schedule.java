package dev.errand.engine.parking;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Puts actions back on their schedules by hand. Stateless and thread-safe; the caller's transaction decides what stays. */
public final class Schedule {

    private Schedule() {}

    /**
     * Begins an action's schedule anew. While it is tried again the user's later actions wait behind it, also where they
     * had not waited for it to be put right: never are two of a user done at once.
     *
     * @param connection in a transaction that has opened the user's line
     * @param after until its first attempt, where its turn is now
     * @param payload JSON to take from now on; null for no change
     * @param bulk the bulk retry it belongs to; null for none
     * @return whether its turn is now or it waits for others
     */
    public static ParkedState begin(
            Connection connection,
            long seq,
            String user,
            Duration after,
            @Nullable String payload,
            @Nullable String bulk)
            throws SQLException {
        var state = isItsTurn(connection, seq, user) ? ParkedState.RETRYING : ParkedState.WAITING;
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action
                SET state = ?, blocking = 1, attempts = 0, lease_count = 0, version = version + 1,
                    edited_payload = COALESCE(?, edited_payload), bulk_retry = COALESCE(?, bulk_retry),
                    next_attempt_at = IF(? = 'RETRYING', CURRENT_TIMESTAMP(6) + INTERVAL ? MICROSECOND, NULL)
                WHERE seq = ?""")) {
            statement.setString(1, state.name());
            statement.setString(2, payload);
            statement.setString(3, bulk);
            statement.setString(4, state.name());
            statement.setLong(5, after.toNanos() / 1000);
            statement.setLong(6, seq);
            statement.executeUpdate();
        }
        return state;
    }

    /** Nothing of the user's is being tried, and nothing that blocks comes before it. */
    private static boolean isItsTurn(Connection connection, long seq, String user) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT EXISTS (SELECT 1 FROM parked_action
                               WHERE user_id = ? AND state = 'RETRYING' AND blocking = 1 AND seq <> ?)""")) {
            statement.setString(1, user);
            statement.setLong(2, seq);
            try (var result = statement.executeQuery()) {
                if (result.next() && result.getBoolean(1)) {
                    return false;
                }
            }
        }
        var head = UserQueue.head(connection, user);
        return head == null || head.seq() >= seq;
    }

    /** Makes an attempt that is still to come due now. */
    public static void hasten(Connection connection, long seq) throws SQLException {
        try (var statement = connection.prepareStatement("""
                UPDATE parked_action SET next_attempt_at = LEAST(next_attempt_at, CURRENT_TIMESTAMP(6))
                WHERE seq = ? AND state = 'RETRYING' AND lease_count = 0""")) {
            statement.setLong(1, seq);
            statement.executeUpdate();
        }
    }
}
