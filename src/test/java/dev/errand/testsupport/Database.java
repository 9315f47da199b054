package dev.errand.testsupport;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** A test's own view of the database, outside of all units of work. Thread-safe. */
public final class Database {

    /** Opens connections. */
    @FunctionalInterface
    public interface Connector {
        Connection open() throws SQLException;
    }

    private final Connector connector;

    public Database(Connector connector) {
        this.connector = connector;
    }

    public Database(DataSource dataSource) {
        this(dataSource::getConnection);
    }

    /** Opens a new connection for each query, as the embedded server's user. The URL is asked for each time. */
    public static Database at(Supplier<String> jdbcUrl) {
        return new Database(() -> DriverManager.getConnection(jdbcUrl.get(), "errand", "errand"));
    }

    public long number(String sql, Object... parameters) {
        return rows(sql, result -> result.getLong(1), parameters).get(0);
    }

    public List<String> texts(String sql, Object... parameters) {
        return rows(sql, result -> result.getString(1), parameters);
    }

    /** How many actions of a user the ledger has, whether they are done or not. */
    public long recorded(String user) {
        return number("SELECT COUNT(*) FROM user_action WHERE user_id = ?", user);
    }

    /** How many actions of a user are done. */
    public long done(String user) {
        return number("SELECT COUNT(*) FROM user_action WHERE user_id = ? AND processed_at IS NOT NULL", user);
    }

    /** The points that a user has by the examples' handlers. */
    public long points(String user) {
        return number("SELECT COALESCE(SUM(points), 0) FROM loyalty_account WHERE user_id = ?", user);
    }

    /** The states of a user's failed actions and of those that wait behind them, in their order. */
    public List<String> parkedStates(String user) {
        return texts("SELECT state FROM parked_action WHERE user_id = ? ORDER BY seq", user);
    }

    /** The number of a user's first failed action, which there has to be. */
    public long parkedAction(String user) {
        return number("SELECT seq FROM parked_action WHERE user_id = ? ORDER BY seq LIMIT 1", user);
    }

    /** Whether a user's later actions have to wait behind a failed one. */
    public boolean isBlocked(String user) {
        return number("SELECT COUNT(*) FROM blocked_user WHERE user_id = ?", user) > 0;
    }

    public void execute(String sql) {
        try (var connection = connector.open();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Runs something while MySQL writes every statement into the empty table {@code mysql.general_log}, to be read afterwards. */
    public <T> T logged(Callable<T> work) throws Exception {
        execute("SET GLOBAL log_output = 'TABLE'");
        execute("TRUNCATE mysql.general_log");
        execute("SET GLOBAL general_log = ON");
        try {
            return work.call();
        } finally {
            execute("SET GLOBAL general_log = OFF");
        }
    }

    /** Reads one row. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet result) throws SQLException;
    }

    public <T> List<T> rows(String sql, Row<T> row, Object... parameters) {
        try (var connection = connector.open();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            var rows = new ArrayList<T>();
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(row.read(result));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
