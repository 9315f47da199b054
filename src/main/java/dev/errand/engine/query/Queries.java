package dev.errand.engine.query;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Asks the database on behalf of people. Thread-safe. */
@Singleton
public class Queries {

    private static final int LONGEST_QUERY_SECONDS = 10;

    private final DataSource dataSource;

    /** People may wait, workers may not: the pool's connections are for them. Fair: who reads something large in parts waits his turn. */
    private final Semaphore turn = new Semaphore(2, true);

    @Inject
    public Queries(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Reads one row. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet result) throws SQLException;
    }

    /**
     * All rows of a query.
     *
     * @param sql with a limit of its own
     * @param values of its parameters, none null
     * @throws SQLTransientException if too many ask at once
     */
    public <T> List<T> list(String sql, List<?> values, Row<T> row) throws SQLException {
        return with(connection -> list(connection, sql, values, row));
    }

    /** All rows of a query that is one of several by the same connection, see {@link #with}. */
    public static <T> List<T> list(Connection connection, String sql, List<?> values, Row<T> row) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(LONGEST_QUERY_SECONDS);
            int index = 0;
            for (var value : values) {
                statement.setObject(++index, value);
            }
            List<T> rows = new ArrayList<>();
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(row.read(result));
                }
            }
            return rows;
        }
    }

    /** Asks something by a connection. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    /**
     * Asks a question that is more than one query, and bounded by itself.
     *
     * @throws SQLTransientException if too many ask at once
     */
    public <T> T with(Question<T> question) throws SQLException {
        if (!tryTurn()) {
            throw new SQLTransientException("Too many people are asking the database: ask again in a moment");
        }
        try (var connection = dataSource.getConnection()) {
            return question.ask(connection);
        } finally {
            turn.release();
        }
    }

    /** As many parameters, for {@code IN (…)}. */
    public static String marks(int count) {
        return String.join(",", Collections.nCopies(count, "?"));
    }

    /** A query's first row. */
    public <T> Optional<T> first(String sql, List<?> values, Row<T> row) throws SQLException {
        return list(sql, values, row).stream().findFirst();
    }

    private boolean tryTurn() {
        try {
            return turn.tryAcquire(LONGEST_QUERY_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A DATETIME column that may be null; the database's times are in UTC. */
    public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }

    /** A DATETIME column that is never null. */
    public static Instant known(ResultSet row, String column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }
}
