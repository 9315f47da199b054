package dev.errand.engine.query;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A statement with named parameters, in the syntax of {@link NamedSql}, on a connection that its caller owns. Not thread-safe; each
 * instance is run once.
 *
 * <p>Exactly the names in the text have to be bound: a name that is forgotten or misspelt is an {@link IllegalStateException}.
 */
public final class Sql {

    /** The types that can be bound, in addition to null, enums and collections of all these. */
    private static final Set<Class<?>> TYPES = Set.of(
            String.class,
            Integer.class,
            Long.class,
            Boolean.class,
            BigDecimal.class,
            byte[].class,
            LocalDateTime.class);

    /** The fetch size with which Connector/J streams rows; it costs two more statements. */
    private static final int ONE_BY_ONE = Integer.MIN_VALUE;

    private static final Duration MICROSECOND = Duration.ofNanos(1000);

    private final Connection connection;
    private final NamedSql sql;
    private final List<Map<String, @Nullable Object>> batch = new ArrayList<>();
    private Map<String, @Nullable Object> values = new HashMap<>();
    private int timeoutSeconds;
    private boolean oneByOne;

    private Sql(Connection connection, NamedSql sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /** Reads one row. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet result) throws SQLException;
    }

    /** Consumes one row. */
    @FunctionalInterface
    public interface RowConsumer {
        void accept(ResultSet result) throws SQLException;
    }

    /** @throws IllegalArgumentException if the text has question marks, or a quote or comment that does not end */
    public static Sql of(Connection connection, String text) {
        return new Sql(connection, NamedSql.parse(text));
    }

    /**
     * Binds a value to all occurrences of a parameter.
     *
     * @param value null, a string, a number, a boolean, bytes, a time in UTC, an enum, which is bound by its name, or a collection
     *     of these, which becomes a list for {@code IN (:name)}. A collection of collections becomes rows, as in
     *     {@code VALUES :rows} or {@code (a, b) IN (:rows)}.
     * @throws IllegalArgumentException if the value has another type, or is an empty collection, which SQL does not allow
     * @throws IllegalStateException if the parameter is bound already
     */
    public Sql bind(String name, @Nullable Object value) {
        requireBindable(name, value);
        if (values.containsKey(name)) {
            throw new IllegalStateException(":" + name + " is bound twice");
        }
        values.put(name, value);
        return this;
    }

    /** Binds several parameters, given by name. */
    public Sql bindAll(Map<String, ?> named) {
        named.forEach(this::bind);
        return this;
    }

    /** Limits how long MySQL may take, in whole seconds. It costs a timer, and one more connection when the time is up. */
    public Sql timeout(Duration timeout) {
        this.timeoutSeconds = Math.toIntExact(timeout.toSeconds());
        return this;
    }

    /** Streams the rows instead of reading all into memory. The connection can't run anything else until the last row is read. */
    public Sql oneByOne() {
        this.oneByOne = true;
        return this;
    }

    /** @return the number of affected rows, as MySQL counts them */
    public int update() throws SQLException {
        try (var statement = prepare(values)) {
            return statement.executeUpdate();
        }
    }

    /**
     * Changes exactly one row.
     *
     * @throws IllegalStateException if another number of rows was changed; the caller has to roll back
     */
    public void updateOne() throws SQLException {
        int rows = update();
        if (rows != 1) {
            throw new IllegalStateException(rows + " rows were changed instead of one by " + sql.text());
        }
    }

    /**
     * Adds the values bound since the last call to the batch.
     *
     * @throws IllegalStateException if a name is not bound, or is bound and not in the text
     * @throws IllegalArgumentException if a value is a collection
     */
    public Sql addBatch() {
        requireAllNames(values);
        if (values.values().stream().anyMatch(Collection.class::isInstance)) {
            throw new IllegalArgumentException(
                    "A list can't be bound in a batch: the statement's text would depend on its length");
        }
        batch.add(values);
        values = new HashMap<>();
        return this;
    }

    /** Executes the batch, with each set of values in the order in which they were added. Does nothing if the batch is empty. */
    public void batch() throws SQLException {
        if (batch.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(sql.text())) {
            for (var each : batch) {
                set(statement, each);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** All rows. */
    public <T> List<T> list(Row<T> row) throws SQLException {
        List<T> rows = new ArrayList<>();
        each(result -> rows.add(row.read(result)));
        return rows;
    }

    /** The first row, if there is one. */
    public <T> Optional<T> first(Row<T> row) throws SQLException {
        try (var statement = prepare(values);
                var result = statement.executeQuery()) {
            return result.next() ? Optional.of(row.read(result)) : Optional.empty();
        }
    }

    /** Whether there is a row. */
    public boolean exists() throws SQLException {
        return first(row -> true).isPresent();
    }

    /** Passes all rows to the consumer. */
    public void each(RowConsumer consumer) throws SQLException {
        try (var statement = prepare(values);
                var result = statement.executeQuery()) {
            while (result.next()) {
                consumer.accept(result);
            }
        }
    }

    /** The duration in microseconds, for {@code INTERVAL :name MICROSECOND}. */
    public static long micros(Duration duration) {
        return duration.dividedBy(MICROSECOND);
    }

    private PreparedStatement prepare(Map<String, @Nullable Object> named) throws SQLException {
        requireAllNames(named);
        var statement = connection.prepareStatement(text(named));
        try {
            if (timeoutSeconds > 0) {
                statement.setQueryTimeout(timeoutSeconds);
            }
            if (oneByOne) {
                statement.setFetchSize(ONE_BY_ONE);
            }
            set(statement, named);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private void requireAllNames(Map<String, @Nullable Object> named) {
        var superfluous = new HashSet<>(named.keySet());
        for (var name : sql.parameters()) {
            if (!named.containsKey(name)) {
                throw new IllegalStateException(":" + name + " is not bound, in " + sql.text());
            }
            superfluous.remove(name);
        }
        if (!superfluous.isEmpty()) {
            throw new IllegalStateException(
                    "There is no :" + superfluous.iterator().next() + " in " + sql.text());
        }
    }

    /** The text with JDBC's question marks: one for a single value, as many as there are elements for a list. */
    private String text(Map<String, @Nullable Object> named) {
        return sql.text(name -> named.get(name) instanceof Collection<?> list ? marks(list) : "?");
    }

    private static String marks(Collection<?> list) {
        var marks = new StringBuilder();
        for (var element : list) {
            marks.append(marks.isEmpty() ? "" : ",");
            if (element instanceof Collection<?> row) {
                marks.append('(').append(marks(row)).append(')');
            } else {
                marks.append('?');
            }
        }
        return marks.toString();
    }

    private void set(PreparedStatement statement, Map<String, @Nullable Object> named) throws SQLException {
        int index = 0;
        for (var name : sql.parameters()) {
            index = set(statement, index, named.get(name));
        }
    }

    /** @return the index of the last parameter that was set */
    private static int set(PreparedStatement statement, int before, @Nullable Object value) throws SQLException {
        if (value instanceof Collection<?> list) {
            int index = before;
            for (var element : list) {
                index = set(statement, index, element);
            }
            return index;
        }
        if (value == null) {
            statement.setNull(before + 1, Types.NULL);
        } else {
            statement.setObject(before + 1, value instanceof Enum<?> constant ? constant.name() : value);
        }
        return before + 1;
    }

    private static void requireBindable(String name, @Nullable Object value) {
        if (value instanceof Collection<?> list) {
            if (list.isEmpty()) {
                throw new IllegalArgumentException(":" + name + " is an empty list, which SQL does not allow");
            }
            list.forEach(element -> requireBindable(name, element));
        } else if (value != null && !(value instanceof Enum<?>) && !TYPES.contains(value.getClass())) {
            throw new IllegalArgumentException(":" + name + " can't be bound to a value of " + value.getClass());
        }
    }
}
