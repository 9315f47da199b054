package dev.errand.engine.parking;

import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user's parked actions in their order: the first of those that block decides what is done next. Stateless and thread-safe; the
 * caller's transaction decides what stays.
 */
public final class UserQueue {

    /** JDBC's number for NULL, which no row has: they are counted from one. */
    private static final long NONE = 0;

    private UserQueue() {}

    /** The first action of a user's queue. */
    public record Head(long seq, ParkedState state) {}

    /**
     * The first of the actions that block this user, null where there is none: by one look into the index {@code line} for each
     * state, however long the line is.
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
