package dev.errand.engine.ledger;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the duplicates of a multi-row INSERT IGNORE if MySQL does not list them all, because {@code max_error_count} is lower than
 * their number. Stateless and thread-safe.
 */
final class LedgerLookup {

    private LedgerLookup() {}

    /**
     * Looks up which of the actions were in the ledger before the INSERT. InnoDB reserves consecutive numbers for one statement, from
     * {@code LAST_INSERT_ID()} on, so that another statement has written a row below or above them.
     *
     * @param connection a connection on which the INSERT was the last statement that wrote
     * @param rows how many rows the INSERT wrote
     * @throws SQLException if MySQL has warned of anything other than duplicates
     */
    static Set<ActionKey> duplicates(Connection connection, List<Action<String>> actions, int rows)
            throws SQLException {
        requireNothingElse(connection, actions.size() - rows);
        Map<String, ActionKey> keys = new HashMap<>();
        for (var action : actions) {
            keys.put(LedgerKey.of(action.key()), action.key());
        }
        if (rows == 0) {
            return Set.copyOf(keys.values());
        }
        Set<ActionKey> duplicates = new HashSet<>();
        Sql.of(connection, """
                SELECT action_key FROM user_action
                WHERE (seq < LAST_INSERT_ID() OR seq >= LAST_INSERT_ID() + :rows * @@SESSION.auto_increment_increment)
                  AND action_key IN (:keys) FOR SHARE""")
                .bind("rows", actions.size())
                .bind("keys", keys.keySet())
                .each(row -> {
                    var key = keys.get(row.getString("action_key"));
                    if (key != null) {
                        duplicates.add(key);
                    }
                });
        return duplicates;
    }

    /** Refuses warnings other than duplicates, as IGNORE stores damaged rows. MySQL also counts the warnings that it does not list. */
    private static void requireNothingElse(Connection connection, int expected) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SHOW COUNT(*) WARNINGS")) {
            result.next();
            int warnings = result.getInt(1);
            if (warnings > expected) {
                throw new SQLException(
                        "MySQL warned " + warnings
                                + " times of rows that it ignored or changed, and does not list these warnings:"
                                + " its max_error_count is too low",
                        "22000");
            }
        }
    }
}
