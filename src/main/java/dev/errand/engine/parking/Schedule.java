package dev.errand.engine.parking;

import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reschedules parked actions for operators. Stateless and thread-safe; it takes part in the caller's transaction. */
public final class Schedule {

    private Schedule() {}

    /**
     * Restarts an action's retry schedule. From then on the action blocks its user, even if it did not while it was dead, so that no
     * two actions of one user are done at the same time. An action that is {@link ParkedState#RETRYING} stays so.
     *
     * @param connection in a transaction that has added the user to {@code blocked_user} and locked the action
     * @param now the action's state
     * @param after the delay until the first attempt, if the action need not wait for others
     * @param payload JSON that attempts take from now on; null for no change
     * @param bulk the id of the bulk retry that the action belongs to; null for none
     * @return the action's new state: {@link ParkedState#RETRYING}, or {@link ParkedState#WAITING} if it waits for others
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

    /** Returns whether no other blocking action of the user is RETRYING and none precedes this one. */
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

    /** Makes an action's next attempt due now. Does nothing if a process has claimed the action. */
    public static void hasten(Connection connection, long seq) throws SQLException {
        Sql.of(connection, """
                UPDATE parked_action SET next_attempt_at = LEAST(next_attempt_at, CURRENT_TIMESTAMP(6))
                WHERE seq = :seq AND state = :retrying AND lease_count = 0""")
                .bind("seq", seq)
                .bind("retrying", ParkedState.RETRYING)
                .update();
    }
}
