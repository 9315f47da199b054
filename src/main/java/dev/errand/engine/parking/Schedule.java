package dev.errand.engine.parking;

import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Puts actions back on their schedules by hand. Stateless and thread-safe; the caller's transaction decides what stays. */
public final class Schedule {

    private Schedule() {}

    /**
     * Begins an action's schedule anew. While it is tried again the user's later actions wait behind it, also where they
     * had not waited for it to be put right: never are two of a user done at once. One that is being tried keeps its turn.
     *
     * @param connection in a transaction that has opened the user's line and locked the action
     * @param now the action's state
     * @param after until its first attempt, where its turn is now
     * @param payload JSON to take from now on; null for no change
     * @param bulk the bulk retry it belongs to; null for none
     * @return whether its turn is now or it waits for others
     */
    public static ParkedState begin(
            Connection connection,
            long seq,
            ParkedState now,
            String user,
            Duration after,
            @Nullable String payload,
            @Nullable String bulk)
            throws SQLException {
        var transition = now == ParkedState.RETRYING || isItsTurn(connection, seq, user)
                ? ParkedState.Transition.RETRY
                : ParkedState.Transition.QUEUE;
        Sql.of(connection, """
                UPDATE parked_action
                SET state = :to, blocking = 1, attempts = 0, lease_count = 0, version = version + 1,
                    edited_payload = COALESCE(:payload, edited_payload), bulk_retry = COALESCE(:bulk, bulk_retry),
                    next_attempt_at = IF(:to = :retrying, CURRENT_TIMESTAMP(6) + INTERVAL :after MICROSECOND, NULL)
                WHERE seq = :seq AND state IN (:from)""")
                .bind("to", transition.to())
                .bind("from", transition.from())
                .bind("retrying", ParkedState.RETRYING)
                .bind("payload", payload)
                .bind("bulk", bulk)
                .bind("after", Sql.micros(after))
                .bind("seq", seq)
                .updateOne();
        return transition.to();
    }

    /** Nothing of the user's is being tried, and nothing that blocks comes before it. */
    private static boolean isItsTurn(Connection connection, long seq, String user) throws SQLException {
        var another = Sql.of(connection, """
                SELECT 1 FROM parked_action
                WHERE user_id = :user AND state = :retrying AND blocking = 1 AND seq <> :seq LIMIT 1""")
                .bind("user", user)
                .bind("retrying", ParkedState.RETRYING)
                .bind("seq", seq)
                .exists();
        if (another) {
            return false;
        }
        var head = UserQueue.head(connection, user);
        return head == null || head.seq() >= seq;
    }

    /** Makes an attempt that is still to come due now. */
    public static void hasten(Connection connection, long seq) throws SQLException {
        Sql.of(connection, """
                UPDATE parked_action SET next_attempt_at = LEAST(next_attempt_at, CURRENT_TIMESTAMP(6))
                WHERE seq = :seq AND state = :retrying AND lease_count = 0""")
                .bind("seq", seq)
                .bind("retrying", ParkedState.RETRYING)
                .update();
    }
}
