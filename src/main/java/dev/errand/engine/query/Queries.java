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

/** Asks the database on behalf of people. Thread-safe. */
@Singleton
public class Queries {

    private static final Duration LONGEST_QUERY = Duration.ofSeconds(10);

    private final DataSource dataSource;

    /** People may wait, workers may not: the pool's connections are for them. Fair: who reads something large in parts waits his turn. */
    private final Semaphore turn = new Semaphore(2, true);

    @Inject
    public Queries(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * All rows of a query.
     *
     * @param sql with a limit of its own
     * @param values by the names of its parameters
     * @throws SQLTransientException if too many ask at once
     */
    public <T> List<T> list(String sql, Map<String, ?> values, Sql.Row<T> row) throws SQLException {
        return with(connection -> ask(connection, sql).bindAll(values).list(row));
    }

    /** A query's first row. */
    public <T> Optional<T> first(String sql, Map<String, ?> values, Sql.Row<T> row) throws SQLException {
        return with(connection -> ask(connection, sql).bindAll(values).first(row));
    }

    /** A query that is one of several by the same connection, see {@link #with}, with the limit of time that all have. */
    public static Sql ask(Connection connection, String sql) {
        return Sql.of(connection, sql).timeout(LONGEST_QUERY);
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

    private boolean tryTurn() {
        try {
            return turn.tryAcquire(LONGEST_QUERY.toSeconds(), TimeUnit.SECONDS);
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
