package dev.errand.testsupport;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** A second pair of eyes on the database: its queries run outside every unit of work. */
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

    /** The embedded server's, by a connection of its own for each query; the URL is asked for then. */
    public static Database at(Supplier<String> jdbcUrl) {
        return new Database(() -> DriverManager.getConnection(jdbcUrl.get(), "errand", "errand"));
    }

    public long number(String sql, Object... parameters) {
        return rows(sql, result -> result.getLong(1), parameters).get(0);
    }

    public List<String> texts(String sql, Object... parameters) {
        return rows(sql, result -> result.getString(1), parameters);
    }

    public void execute(String sql) {
        try (var connection = connector.open();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
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
