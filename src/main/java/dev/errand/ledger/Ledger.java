package dev.errand.ledger;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
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
 * Writes actions into the ledger, each once. Stateless and thread-safe; the caller's transaction decides what stays.
 *
 * <p>Set-based, by one multi-row statement whatever the batch: a statement an action costs MySQL ten times the work.
 */
public final class Ledger {

    /** Above this MySQL would no longer list every duplicate: {@code max_error_count} is 1024. */
    public static final int MAX_ROWS = 1000;

    private static final int DUPLICATE_ENTRY = 1062;

    /** MySQL prints no more bytes of a duplicate key than this: {@code ER_DUP_ENTRY_WITH_KEY_NAME}, '%-.64s'. */
    private static final int PRINTED_KEY = 64;

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
     * <p>Where another transaction is writing one of them, this waits for it to end, so that two processes never both
     * take an action for new.
     *
     * @param connection in a transaction
     * @param actions at least one and at most {@value #MAX_ROWS}, no two with one key, each user's in order
     * @return those that it had already, whose effects are there
     * @throws SQLException if MySQL refuses a row for any other reason than being a duplicate
     */
    public static Set<ActionKey> record(Connection connection, List<Action<String>> actions) throws SQLException {
        // By user, each user's in order: seq then tells the order of processing, and two processes that write the same
        // rows wait for each other rather than deadlock.
        var sorted = new ArrayList<>(actions);
        sorted.sort(Comparator.comparing(Action::userId));
        var names = exactNames(sorted);
        return names == null ? insertKnowingly(connection, sorted) : insert(connection, sorted, names);
    }

    private static List<Action<String>> without(List<Action<String>> actions, Set<ActionKey> duplicates) {
        return actions.stream()
                .filter(action -> !duplicates.contains(action.key()))
                .toList();
    }

    /** The keys by MySQL's own words for them; null where those would not tell for certain which is meant. */
    private static @Nullable Map<String, ActionKey> exactNames(List<Action<String>> actions) {
        Map<String, ActionKey> names = new HashMap<>();
        for (var action : actions) {
            var name = printedKey(action.key());
            if (name.length() > PRINTED_KEY || !isAscii(name) || names.put(name, action.key()) != null) {
                return null;
            }
        }
        return names;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) >= 127) {
                return false;
            }
        }
        return true;
    }

    /** As MySQL puts a key's columns together: a hyphen between them, none after an empty one. */
    private static String printedKey(ActionKey key) {
        return key.source().isEmpty() ? key.id() : key.source() + "-" + key.id();
    }

    /** Inserts first, then asks MySQL which rows it ignored: no look-up before, and none at all without duplicates. */
    private static Set<ActionKey> insert(
            Connection connection, List<Action<String>> actions, Map<String, ActionKey> names) throws SQLException {
        var written = write(connection, actions);
        Set<ActionKey> duplicates = new HashSet<>();
        for (var warning : written.warnings) {
            var key = names.get(duplicateNamedBy(warning));
            if (key == null) {
                throw new SQLException(
                        "The ledger does not know the duplicate of: " + warning.message(), "01000", warning.code());
            }
            duplicates.add(key);
        }
        expect(actions.size() - duplicates.size(), written.rows);
        return duplicates;
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
            // IGNORE turns errors into warnings and damaged rows: such a row must not stay.
            throw new SQLException(warning.message(), "22000", warning.code());
        }
        return matcher.group(1);
    }

    /** For keys that MySQL's messages would cut or mangle: looks up what is there, then inserts the rest. */
    private static Set<ActionKey> insertKnowingly(Connection connection, List<Action<String>> actions)
            throws SQLException {
        var duplicates = present(connection, actions);
        var missing = without(actions, duplicates);
        if (!missing.isEmpty()) {
            var written = write(connection, missing);
            expect(missing.size(), written.rows);
            if (!written.warnings.isEmpty()) {
                var warning = written.warnings.get(0);
                throw new SQLException(warning.message(), "22000", warning.code());
            }
        }
        return duplicates;
    }

    private static Set<ActionKey> present(Connection connection, List<Action<String>> actions) throws SQLException {
        var sql = "SELECT source, id FROM user_action FORCE INDEX (action_key) WHERE (source, id) IN ("
                + rows("(?,?)", actions.size()) + ") FOR SHARE";
        Set<ActionKey> present = new HashSet<>();
        try (var statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (var action : actions) {
                statement.setString(++index, action.key().source());
                statement.setString(++index, action.key().id());
            }
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    present.add(new ActionKey(result.getString(1), result.getString(2)));
                }
            }
        }
        return present;
    }

    /** Rows that came from another transaction in between make this one start again, by a lock conflict's code. */
    private static void expect(int rows, int inserted) throws SQLException {
        if (rows != inserted) {
            throw new SQLException("The ledger took " + inserted + " rows where " + rows + " were new", "40001", 1213);
        }
    }

    private static void bind(PreparedStatement statement, List<Action<String>> actions) throws SQLException {
        int index = 0;
        for (var action : actions) {
            statement.setString(++index, action.key().source());
            statement.setString(++index, action.key().id());
            statement.setString(++index, action.userId());
            statement.setString(++index, action.type());
            statement.setObject(++index, action.occurredAtUtc());
            statement.setString(++index, action.payload());
            statement.setString(++index, action.coordinates().topic());
            statement.setInt(++index, action.coordinates().partition());
            statement.setLong(++index, action.coordinates().offset());
        }
    }

    private static String rows(String row, int count) {
        return String.join(",", Collections.nCopies(count, row));
    }

    private record Warning(int code, String message) {}

    /** What an INSERT came to. */
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
