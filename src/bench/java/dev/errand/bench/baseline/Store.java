package dev.errand.bench.baseline;

import dev.errand.action.ActionKey;
import dev.errand.engine.ledger.LedgerKey;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Ledger and activity by plain JDBC: three round trips for any number of actions, four with duplicates among them. */
final class Store implements AutoCloseable {

    private static final int DUPLICATE_ENTRY = 1062;

    private static final Pattern DUPLICATE =
            Pattern.compile("Duplicate entry '(.*)' for key 'user_action\\.action_key'", Pattern.DOTALL);

    private static final String INSERT_ACTIONS = """
            INSERT IGNORE INTO user_action
              (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`)
            VALUES\s""";

    private static final String INSERT_ACTIVITIES = """
            INSERT INTO user_activity
              (user_id, action_count, first_action_at, last_action_at, last_action_type)
            VALUES\s""";

    private static final String ADD = """
             AS batch
            ON DUPLICATE KEY UPDATE
              action_count     = user_activity.action_count + batch.action_count,
              last_action_at   = batch.last_action_at,
              last_action_type = batch.last_action_type
            """;

    private final Connection connection;
    private final Work work;

    /** What is done for the new actions of a transaction beside writing them down. */
    @FunctionalInterface
    interface Work {
        void handle(Connection connection, Collection<Taken> fresh) throws SQLException;
    }

    private Store(Connection connection, Work work) {
        this.connection = connection;
        this.work = work;
    }

    static Store open(String url, Work work) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", "errand");
        properties.setProperty("password", "errand");
        properties.setProperty("rewriteBatchedStatements", "true");
        properties.setProperty("useServerPrepStmts", "false");
        properties.setProperty("cachePrepStmts", "true");
        // Statements of so many rows are long, and are worth being kept as taken apart.
        properties.setProperty("prepStmtCacheSqlLimit", "65536");
        properties.setProperty("useLocalSessionState", "true");
        properties.setProperty("connectionTimeZone", "+00:00");
        properties.setProperty("forceConnectionTimeZoneToSession", "true");
        var connection = DriverManager.getConnection(url, properties);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(false);
        return new Store(connection, work);
    }

    /** Writes and commits those actions that are not there yet. */
    void write(List<Taken> actions) throws SQLException {
        Map<String, Taken> byKey = new LinkedHashMap<>();
        actions.forEach(action -> byKey.putIfAbsent(action.key(), action));
        byKey.keySet().removeAll(insert(byKey.values()));
        if (!byKey.isEmpty()) {
            work.handle(connection, byKey.values());
            add(byKey.values());
        }
        connection.commit();
    }

    /** @return keys of those that were there already */
    private Set<String> insert(Collection<Taken> actions) throws SQLException {
        var sorted = actions.stream()
                .sorted(Comparator.comparing(Taken::source).thenComparing(Taken::id))
                .toList();
        try (var statement = connection.prepareStatement(INSERT_ACTIONS + rows("(?,?,?,?,?,?,?,?,?)", sorted.size()))) {
            int index = 0;
            for (var action : sorted) {
                statement.setString(++index, action.source());
                statement.setString(++index, action.id());
                statement.setString(++index, action.user());
                statement.setString(++index, action.type());
                statement.setString(++index, action.occurredAt());
                statement.setString(++index, action.payload());
                statement.setString(++index, action.topic());
                statement.setInt(++index, action.partition());
                statement.setLong(++index, action.offset());
            }
            return statement.executeUpdate() == sorted.size() ? Set.of() : duplicates(statement, sorted);
        }
    }

    private static Set<String> duplicates(PreparedStatement statement, List<Taken> actions) throws SQLException {
        Map<String, String> keys = new HashMap<>();
        actions.forEach(action -> keys.put(LedgerKey.of(new ActionKey(action.source(), action.id())), action.key()));
        Set<String> duplicates = new HashSet<>();
        for (var warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
            var matcher = DUPLICATE.matcher(warning.getMessage());
            if (warning.getErrorCode() != DUPLICATE_ENTRY || !matcher.matches()) {
                throw warning;
            }
            duplicates.add(keys.get(matcher.group(1)));
        }
        return duplicates;
    }

    private void add(Collection<Taken> actions) throws SQLException {
        Map<String, Activity> byUser = new TreeMap<>();
        actions.forEach(action ->
                byUser.computeIfAbsent(action.user(), user -> new Activity()).add(action));
        try (var statement =
                connection.prepareStatement(INSERT_ACTIVITIES + rows("(?,?,?,?,?)", byUser.size()) + ADD)) {
            int index = 0;
            for (var entry : byUser.entrySet()) {
                var activity = entry.getValue();
                statement.setString(++index, entry.getKey());
                statement.setInt(++index, activity.count);
                statement.setString(++index, activity.first.occurredAt());
                statement.setString(++index, activity.last.occurredAt());
                statement.setString(++index, activity.last.type());
            }
            statement.executeUpdate();
        }
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static String rows(String row, int count) {
        return String.join(",", Collections.nCopies(count, row));
    }

    /** What a transaction adds to a user's activity. */
    private static final class Activity {
        private int count;
        private Taken first;
        private Taken last;

        void add(Taken action) {
            first = first == null ? action : first;
            last = action;
            count++;
        }
    }
}
