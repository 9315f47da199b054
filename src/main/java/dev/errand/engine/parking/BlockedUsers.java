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
 * The users whose actions wait behind a failed one. Stateless and thread-safe; the caller's transaction decides what stays.
 *
 * <p>A user's row in {@code blocked_user} is locked by whoever adds to their line, and by whoever ends it, until the commit:
 * a line can't end between being seen and being added to.
 */
public final class BlockedUsers {

    /** With more lines than this it is cheaper to ask for a batch's own users. */
    private static final int FEW = 1000;

    private BlockedUsers() {}

    /**
     * Tells which of these users have a line, and keeps those lines from ending until the transaction does.
     *
     * <p>To be called after the ledger knows the batch's actions: a line that another process opens for one of them is
     * then committed, or waits.
     *
     * @param connection in a transaction that is read-committed
     */
    public static Set<String> of(Connection connection, Collection<String> users) throws SQLException {
        var lines = few(connection);
        if (lines.isEmpty()) {
            return lines;
        }
        var wanted = new TreeSet<>(users);
        if (lines.size() < FEW) {
            wanted.retainAll(lines);
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

    /** @return those that have a line */
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

    /** Locks a user's line, if there is one. */
    public static void lock(Connection connection, String user) throws SQLException {
        lock(connection, new TreeSet<>(Set.of(user)));
    }

    /** Locks these users' lines, as far as there are any. */
    public static void lock(Connection connection, SortedSet<String> users) throws SQLException {
        locked(connection, users, "UPDATE");
    }

    /** Opens these users' lines, where they have none, and locks them. */
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

    /** Opens a user's line, where there is none, and locks it. */
    public static void open(Connection connection, String user) throws SQLException {
        open(connection, new TreeSet<>(Set.of(user)));
    }

    /** Users whose line nothing will ever set in motion again: there must be none. */
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
