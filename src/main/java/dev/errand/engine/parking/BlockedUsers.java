package dev.errand.engine.parking;

import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The users whose actions wait behind a parked one. Stateless and thread-safe; it takes part in the caller's transaction.
 *
 * <p>A transaction that parks an action behind others holds a lock on the user's row in {@code blocked_user} until its commit, and so
 * does a transaction that deletes the row. So the row can't be deleted between being seen and the action being parked.
 */
public final class BlockedUsers {

    /** With this many blocked users or more it is cheaper to look up the users of the batch. */
    private static final int FEW = 1000;

    private BlockedUsers() {}

    /**
     * Returns which of these users are blocked, and keeps them blocked until the transaction ends.
     *
     * <p>Must be called after the transaction has written the batch's actions into the ledger: a transaction of another process that
     * parks one of them has then committed its row in {@code blocked_user}, or waits for this one.
     *
     * @param connection in a transaction at isolation level READ COMMITTED
     */
    public static Set<String> of(Connection connection, Collection<String> users) throws SQLException {
        var blocked = few(connection);
        if (blocked.isEmpty()) {
            return blocked;
        }
        var wanted = new TreeSet<>(users);
        if (blocked.size() < FEW) {
            wanted.retainAll(blocked);
        }
        return wanted.isEmpty() ? Set.of() : locked(connection, wanted, "SHARE");
    }

    private static Set<String> few(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT user_id FROM blocked_user LIMIT " + FEW)) {
            if (!result.next()) {
                return Set.of();
            }
            Set<String> users = new HashSet<>();
            do {
                users.add(result.getString(1));
            } while (result.next());
            return users;
        }
    }

    /** @return the users that have a row */
    private static Set<String> locked(Connection connection, SortedSet<String> users, String strength)
            throws SQLException {
        var sql = "SELECT user_id FROM blocked_user WHERE user_id IN ("
                + String.join(",", Collections.nCopies(users.size(), "?")) + ") ORDER BY user_id FOR " + strength;
        Set<String> locked = new HashSet<>();
        try (var statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (var user : users) {
                statement.setString(++index, user);
            }
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    locked.add(result.getString(1));
                }
            }
        }
        return locked;
    }

    /** Locks a user's row exclusively, if there is one. */
    public static void lock(Connection connection, String user) throws SQLException {
        lock(connection, new TreeSet<>(Set.of(user)));
    }

    /** Locks these users' rows exclusively, as far as there are any. */
    public static void lock(Connection connection, SortedSet<String> users) throws SQLException {
        locked(connection, users, "UPDATE");
    }

    /** Inserts these users' rows where they are missing, and locks all of them. */
    public static void open(Connection connection, SortedSet<String> users) throws SQLException {
        if (users.isEmpty()) {
            return;
        }
        Sql.of(
                        connection,
                        "INSERT INTO blocked_user (user_id) VALUES :users ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)")
                .bind("users", users.stream().map(List::of).toList())
                .update();
    }

    /** Inserts a user's row if it is missing, and locks it. */
    public static void open(Connection connection, String user) throws SQLException {
        open(connection, new TreeSet<>(Set.of(user)));
    }

    /** Returns at most 100 users who are blocked but have no RETRYING or DEAD action that could end that: there must be none. */
    static Set<String> stuck(Connection connection) throws SQLException {
        var users = Sql.of(connection, """
                SELECT user_id FROM blocked_user
                WHERE since < CURRENT_TIMESTAMP(6) - INTERVAL 1 MINUTE
                  AND NOT EXISTS (SELECT 1 FROM parked_action first
                                  WHERE first.user_id = blocked_user.user_id AND first.state IN (:moving) AND first.blocking = 1)
                LIMIT 100""")
                .bind("moving", List.of(ParkedState.RETRYING, ParkedState.DEAD))
                .list(row -> row.getString("user_id"));
        return new TreeSet<>(users);
    }

    static void end(Connection connection, String user) throws SQLException {
        Sql.of(connection, "DELETE FROM blocked_user WHERE user_id = :user")
                .bind("user", user)
                .update();
    }
}
