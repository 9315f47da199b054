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
 * A statement with named parameters, as {@link NamedSql} reads them, on a connection that its caller holds. For one thread, and to
 * be run once.
 *
 * <p>Every name is to be bound, and nothing else: a name that is forgotten or misspelt is an {@link IllegalStateException}.
 */
public final class Sql {

    /** What can be bound beside null, enums and collections of all these. */
    private static final Set<Class<?>> TYPES = Set.of(
            String.class,
            Integer.class,
            Long.class,
            Boolean.class,
            BigDecimal.class,
            byte[].class,
            LocalDateTime.class);

    /** Connector/J's word for it; it costs two more statements. */
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

    /** Takes note of one row. */
    @FunctionalInterface
    public interface RowConsumer {
        void accept(ResultSet result) throws SQLException;
    }

    /** @throws IllegalArgumentException if it has question marks of its own, or a quote or comment does not end */
    public static Sql of(Connection connection, String text) {
        return new Sql(connection, NamedSql.parse(text));
    }

    /**
     * Gives a parameter its value, wherever it stands.
     *
     * @param value null; a text, a number, a truth value, bytes, a time in UTC; an enum, which is bound by its name; or a collection of
     *     these, which becomes a list for {@code IN (:name)}. A collection of collections becomes rows, as in
     *     {@code VALUES :rows} or {@code (a, b) IN (:rows)}.
     * @throws IllegalArgumentException if it is of another type, or an empty collection, which SQL has no words for
     */
    public Sql bind(String name, @Nullable Object value) {
        requireBindable(name, value);
        if (values.containsKey(name)) {
            throw new IllegalStateException(":" + name + " is bound twice");
        }
        values.put(name, value);
        return this;
    }

    /** Gives several parameters their values. */
    public Sql bindAll(Map<String, ?> named) {
        named.forEach(this::bind);
        return this;
    }

    /** Limits how long MySQL may take. It costs a timer, and a connection of its own when the time is up. */
    public Sql timeout(Duration timeout) {
        this.timeoutSeconds = Math.toIntExact(timeout.toSeconds());
        return this;
    }

    /** Has rows read one by one rather than all into memory; until the last is read nothing else can be asked on the connection. */
    public Sql oneByOne() {
        this.oneByOne = true;
        return this;
    }

    /** @return how many rows it changed, as MySQL counts them */
    public int update() throws SQLException {
        try (var statement = prepare(values)) {
            return statement.executeUpdate();
        }
    }

    /**
     * Changes the one row that is meant.
     *
     * @throws IllegalStateException if that is none, or several: nothing of it may stay
     */
    public void updateOne() throws SQLException {
        int rows = update();
        if (rows != 1) {
            throw new IllegalStateException(rows + " rows were changed instead of one by " + sql.text());
        }
    }

    /**
     * Ends a set of values: what is bound next belongs to the next one.
     *
     * @throws IllegalStateException if a name is not bound, or bound and not in the text
     */
    public Sql addBatch() {
        requireAllNames(values);
        if (values.values().stream().anyMatch(Collection.class::isInstance)) {
            throw new IllegalArgumentException("A list is another text for each set of values: a batch has one text");
        }
        batch.add(values);
        values = new HashMap<>();
        return this;
    }

    /** Executes it with each set of values in their order; asks nothing where there is none. */
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

    /** Hands over all rows. */
    public void each(RowConsumer consumer) throws SQLException {
        try (var statement = prepare(values);
                var result = statement.executeQuery()) {
            while (result.next()) {
                consumer.accept(result);
            }
        }
    }

    /** For {@code INTERVAL :name MICROSECOND}. */
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

    /** With as many question marks as lists have values. */
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

    /** @return the last parameter that was set */
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
                throw new IllegalArgumentException(":" + name + " is an empty list, which SQL has no words for");
            }
            list.forEach(element -> requireBindable(name, element));
        } else if (value != null && !(value instanceof Enum<?>) && !TYPES.contains(value.getClass())) {
            throw new IllegalArgumentException(":" + name + " can't be bound to a " + value.getClass());
        }
    }
}
