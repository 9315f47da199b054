package dev.errand.engine.ledger;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.engine.query.FewLengths;
import dev.errand.engine.query.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes each action into the ledger once. Stateless and thread-safe; the caller owns the transaction.
 *
 * <p>A batch of any size takes a handful of multi-row statements. One statement for each action would cost MySQL ten times the work.
 */
public final class Ledger {

    /**
     * The most rows of a batch. MySQL would not list all duplicates among more than 1024 rows, the default of
     * {@code max_error_count}, and they would have to be looked up.
     */
    public static final int MAX_ROWS = 1000;

    private static final int DUPLICATE_ENTRY = 1062;

    private static final Pattern DUPLICATE =
            Pattern.compile("Duplicate entry '(.*)' for key 'user_action\\.action_key'", Pattern.DOTALL);

    private static final String INSERT = """
            INSERT IGNORE INTO user_action
              (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`)
            VALUES\s""";

    private static final String ROW = "(?,?,?,?,?,?,?,?,?)";

    private Ledger() {}

    /**
     * Writes those actions that the ledger does not have yet.
     *
     * <p>If another transaction is writing one of them, this method waits until it ends, so that two processes never treat the same
     * action as new.
     *
     * @param connection in a transaction
     * @param actions at least one and at most {@value #MAX_ROWS}, with different keys, each user's in order
     * @return the duplicates, which the ledger has already: their effects are committed, or they are parked
     * @throws SQLException if MySQL refuses a row for any other reason than being a duplicate
     */
    public static Set<ActionKey> record(Connection connection, List<Action<String>> actions) throws SQLException {
        // Sorted by user, and for each user in order: seq then gives the order of processing, and two processes that
        // write the same rows wait for each other rather than deadlock.
        var sorted = new ArrayList<>(actions);
        sorted.sort(Comparator.comparing(Action::userId));
        Set<ActionKey> duplicates = new HashSet<>();
        for (var part : FewLengths.divide(sorted)) {
            duplicates.addAll(recordPart(connection, part));
        }
        return duplicates;
    }

    private static Set<ActionKey> recordPart(Connection connection, List<Action<String>> actions) throws SQLException {
        var written = write(connection, actions);
        int missing = actions.size() - written.rows;
        var duplicates = written.warnings.isEmpty() ? Set.<ActionKey>of() : named(written.warnings, actions);
        if (duplicates.size() < missing) {
            duplicates = LedgerLookup.duplicates(connection, actions, written.rows);
        }
        if (duplicates.size() != missing) {
            // Another process was writing the same rows: this SQL state makes the transaction roll back and run again.
            throw new SQLException(
                    "The ledger accepted " + written.rows + " of " + actions.size() + " rows, with " + duplicates.size()
                            + " duplicates",
                    "40000");
        }
        return duplicates;
    }

    /** The duplicates that MySQL's warnings name. They exist only if rows were ignored, so that no query precedes the insert. */
    private static Set<ActionKey> named(List<Warning> warnings, List<Action<String>> actions) throws SQLException {
        Map<String, ActionKey> names = new HashMap<>();
        for (var action : actions) {
            names.put(LedgerKey.of(action.key()), action.key());
        }
        Set<ActionKey> duplicates = new HashSet<>();
        for (var warning : warnings) {
            var key = names.get(duplicateNamedBy(warning));
            if (key == null) {
                throw new SQLException(
                        "MySQL names a duplicate that is not in the batch: " + warning.message(),
                        "01000",
                        warning.code());
            }
            duplicates.add(key);
        }
        return duplicates;
    }

    /**
     * Marks actions as recorded but not processed: no attempt has succeeded yet, and duplicates of them do not run.
     *
     * @param connection in the transaction that has recorded them
     */
    public static void markUnprocessed(Connection connection, Collection<ActionKey> keys) throws SQLException {
        if (!keys.isEmpty()) {
            Sql.of(connection, "UPDATE user_action SET processed_at = NULL WHERE action_key IN (:keys)")
                    .bind("keys", keys.stream().map(LedgerKey::of).toList())
                    .update();
        }
    }

    /**
     * Marks an action as corrected: an operator has replaced the published record.
     *
     * @param connection in the transaction that has recorded it
     * @param from the type in the published record; null if it can't be read
     */
    public static void markCorrected(Connection connection, ActionKey key, @Nullable String from) throws SQLException {
        Sql.of(connection, "UPDATE user_action SET corrected = TRUE, corrected_from = :from WHERE action_key = :key")
                .bind("from", from)
                .bind("key", LedgerKey.of(key))
                .update();
    }

    /** An action's status in the ledger. */
    public enum Status {
        /** Its effects are committed. */
        PROCESSED,
        /** It is recorded and parked. */
        UNPROCESSED,
        /** It was never recorded, or was deleted because of its age. */
        UNKNOWN
    }

    /** The last committed status of an action. */
    public static Status status(Connection connection, ActionKey key) throws SQLException {
        return Sql.of(connection, "SELECT processed_at IS NULL AS unprocessed FROM user_action WHERE action_key = :key")
                .bind("key", LedgerKey.of(key))
                .first(row -> row.getBoolean("unprocessed") ? Status.UNPROCESSED : Status.PROCESSED)
                .orElse(Status.UNKNOWN);
    }

    /**
     * Marks an action as processed, with the payload with which it was processed.
     *
     * <p>If another transaction is doing so, this method waits until it ends, so that only one of them processes the action.
     *
     * @param connection in the transaction of the action's effects
     * @param edited whether the payload differs from the published one
     * @return whether it was unprocessed until now
     */
    public static boolean markProcessed(Connection connection, Action<String> action, boolean edited)
            throws SQLException {
        int rows = Sql.of(connection, """
                UPDATE user_action SET processed_at = CURRENT_TIMESTAMP(6), payload = :payload, edited = :edited
                WHERE action_key = :key AND processed_at IS NULL""")
                .bind("payload", action.payload())
                .bind("edited", edited)
                .bind("key", LedgerKey.of(action.key()))
                .update();
        return rows == 1;
    }

    private static Written write(Connection connection, List<Action<String>> actions) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT + rows(ROW, actions.size()))) {
            bind(statement, actions);
            int rows = statement.executeUpdate();
            return new Written(rows, statement.getWarnings() == null ? List.of() : warnings(connection));
        }
    }

    private static String duplicateNamedBy(Warning warning) throws SQLException {
        var matcher = DUPLICATE.matcher(warning.message());
        if (warning.code() != DUPLICATE_ENTRY || !matcher.matches()) {
            // IGNORE turns other errors into warnings and stores damaged rows, which must be rolled back.
            throw new SQLException(warning.message(), "22000", warning.code());
        }
        return matcher.group(1);
    }

    private static void bind(PreparedStatement statement, List<Action<String>> actions) throws SQLException {
        int index = 0;
        for (var action : actions) {
            statement.setString(++index, action.key().source());
            statement.setString(++index, action.key().id());
            statement.setString(++index, action.userId());
            statement.setString(++index, action.type());
            // As text, which MySQL reads as well: setting a time object in the driver costs several times as much.
            statement.setString(++index, action.occurredAtUtc().toString());
            statement.setString(++index, action.payload());
            statement.setString(++index, action.position().topic());
            statement.setInt(++index, action.position().partition());
            statement.setLong(++index, action.position().offset());
        }
    }

    private static String rows(String row, int count) {
        return String.join(",", Collections.nCopies(count, row));
    }

    private record Warning(int code, String message) {}

    /** The result of an INSERT. */
    private record Written(int rows, List<Warning> warnings) {}

    private static List<Warning> warnings(Connection connection) throws SQLException {
        List<Warning> warnings = new ArrayList<>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SHOW WARNINGS")) {
            while (result.next()) {
                warnings.add(new Warning(result.getInt("Code"), text(result.getString("Message"))));
            }
        }
        return warnings;
    }

    private static String text(@Nullable String message) {
        return message == null ? "" : message;
    }
}
