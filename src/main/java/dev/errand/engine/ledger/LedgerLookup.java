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
 * Finds the duplicates of a multi-row INSERT IGNORE where MySQL does not list them all, because {@code max_error_count} is lower
 * than their number. Stateless and thread-safe.
 */
final class LedgerLookup {

    private LedgerLookup() {}

    /**
     * Looks up which of the actions were there before the INSERT. InnoDB numbers the rows of one statement without a gap and
     * from {@code LAST_INSERT_ID()} on, so that a row below or above is somebody else's.
     *
     * @param connection on which the INSERT was the last statement that wrote
     * @param rows how many the INSERT wrote
     * @throws SQLException if MySQL has warned of more than rows that were there, which it does not list
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

    /** IGNORE turns errors into warnings and damaged rows: such a row must not stay. MySQL counts also what it does not list. */
    private static void requireNothingElse(Connection connection, int expected) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SHOW COUNT(*) WARNINGS")) {
            result.next();
            int warnings = result.getInt(1);
            if (warnings > expected) {
                throw new SQLException(
                        "MySQL warned " + warnings
                                + " times of rows that it ignored or changed, and does not list that:"
                                + " its max_error_count is too low",
                        "22000");
            }
        }
    }
}
