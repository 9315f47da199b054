package dev.errand.engine.query;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs the queries of the API and the console, limited in number and time. Thread-safe. */
@Singleton
public class Queries {

    private static final Duration LONGEST_QUERY = Duration.ofSeconds(10);

    private final DataSource dataSource;

    /**
     * Limits how many connections these queries take from the pool, so that workers never wait for one. It is fair, so that a
     * download in many parts does not hold up others.
     */
    private final Semaphore turn = new Semaphore(2, true);

    @Inject
    public Queries(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * All rows of a query.
     *
     * @param sql a query with its own {@code LIMIT}
     * @param values the values of its parameters, by name
     * @throws SQLTransientException if too many queries run at once, so that this one waited for 10 s
     */
    public <T> List<T> list(String sql, Map<String, ?> values, Sql.Row<T> row) throws SQLException {
        return with(connection -> ask(connection, sql).bindAll(values).list(row));
    }

    /** The first row of a query. */
    public <T> Optional<T> first(String sql, Map<String, ?> values, Sql.Row<T> row) throws SQLException {
        return with(connection -> ask(connection, sql).bindAll(values).first(row));
    }

    /** One of several queries on the same connection, see {@link #with}; limited to 10 s. */
    public static Sql ask(Connection connection, String sql) {
        return Sql.of(connection, sql).timeout(LONGEST_QUERY);
    }

    /** Runs several queries on one connection. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    /**
     * Runs several queries on one connection. The number of rows must be limited by the queries themselves.
     *
     * @throws SQLTransientException if too many queries run at once, so that this one waited for 10 s
     */
    public <T> T with(Question<T> question) throws SQLException {
        if (!tryTurn()) {
            throw new SQLTransientException("Too many queries are running: try again in a moment");
        }
        try (var connection = dataSource.getConnection()) {
            return question.ask(connection);
        } finally {
            turn.release();
        }
    }

    private boolean tryTurn() {
        try {
            return turn.tryAcquire(LONGEST_QUERY.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The value of a DATETIME column in UTC that may be null. */
    public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }

    /** The value of a DATETIME column in UTC that is never null. */
    public static Instant known(ResultSet row, String column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }
}
