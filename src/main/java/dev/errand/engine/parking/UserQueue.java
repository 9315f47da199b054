package dev.errand.engine.parking;

import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user's parked actions in their order: the first blocking one decides what is done next. Stateless and thread-safe; it takes
 * part in the caller's transaction.
 */
public final class UserQueue {

    /** {@code getLong} returns this for NULL. No row has it as its {@code seq}, since MySQL counts from 1. */
    private static final long NONE = 0;

    private UserQueue() {}

    /** The first of a user's blocking actions. */
    public record Head(long seq, ParkedState state) {}

    /**
     * Returns the first of the actions that block this user; null if there is none. It reads one entry of the index {@code user_queue} for
     * each state, however many actions the user has.
     */
    public static @Nullable Head head(Connection connection, String user) throws SQLException {
        return Sql.of(connection, """
                SELECT :retrying AS state, MIN(seq) AS seq FROM parked_action
                WHERE user_id = :user AND state = :retrying AND blocking = 1
                UNION ALL
                SELECT :waiting, MIN(seq) FROM parked_action WHERE user_id = :user AND state = :waiting AND blocking = 1
                UNION ALL
                SELECT :dead, MIN(seq) FROM parked_action WHERE user_id = :user AND state = :dead AND blocking = 1""")
                .bind("user", user)
                .bind("retrying", ParkedState.RETRYING)
                .bind("waiting", ParkedState.WAITING)
                .bind("dead", ParkedState.DEAD)
                .list(row -> new Head(row.getLong("seq"), ParkedState.valueOf(row.getString("state"))))
                .stream()
                .filter(each -> each.seq != NONE)
                .min(Comparator.comparing(Head::seq))
                .orElse(null);
    }

    /**
     * Makes the user's next parked action RETRYING after the first one has been done or no longer blocks; if there is none, the user
     * is no longer blocked.
     *
     * @param connection in a transaction that has locked the user's row in {@code blocked_user}
     * @param lease how long the caller keeps the claim on the next action; zero if any process may claim it at once
     * @return the action that is RETRYING now; empty if the user has none left, or if the first one is RETRYING or dead already
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
        Sql.of(connection, """
                UPDATE parked_action
                SET state = :to, attempts = 0, lease_count = 0, next_attempt_at = CURRENT_TIMESTAMP(6) + INTERVAL :lease MICROSECOND
                WHERE seq = :seq AND state IN (:from)""")
                .bind("to", ParkedState.Transition.ADVANCE.to())
                .bind("from", ParkedState.Transition.ADVANCE.from())
                .bind("lease", Sql.micros(lease))
                .bind("seq", first.seq())
                .updateOne();
        return Sql.of(connection, ClaimedAttempt.SELECT + "WHERE seq = :seq")
                .bind("seq", first.seq())
                .first(ClaimedAttempt::of);
    }
}
