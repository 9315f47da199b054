package dev.errand.engine.handlers.sql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.errand.action.Action;
import dev.errand.engine.query.NamedSql;
import dev.errand.handler.NonRetryableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One statement of a {@link SqlHandler}. Immutable and thread-safe. */
final class SqlStep {

    /** The parameters that stand for an action's fields other than its payload. */
    private static final Map<String, Function<Action<JsonNode>, @Nullable Object>> FIELDS = Map.of(
            "id", action -> action.key().id(),
            "source", action -> action.key().source(),
            "type", Action::type,
            "userId", Action::userId,
            "occurredAt", Action::occurredAtUtc,
            "topic", action -> action.position().topic(),
            "partition", action -> action.position().partition(),
            "offset", action -> action.position().offset());

    private static final String PAYLOAD = "payload";

    private final NamedSql sql;
    private final String text;

    /** @throws IllegalArgumentException if it is not a statement that changes rows, or names a field that no action has */
    SqlStep(String named) {
        this.sql = NamedSql.parse(named.strip());
        this.text = sql.text();
        var word = text.split("\\s", 2)[0].toUpperCase(java.util.Locale.ROOT);
        switch (word) {
            case "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH" -> {}
            default ->
                throw new IllegalArgumentException("it starts with " + word
                        + ": only INSERT, UPDATE, DELETE and REPLACE can be rolled back with the unit of work");
        }
        for (var name : sql.parameters()) {
            var plain = withoutMark(name);
            if (!FIELDS.containsKey(plain) && !plain.equals(PAYLOAD) && !plain.startsWith(PAYLOAD + ".")) {
                throw new IllegalArgumentException(":" + name + " is not a field of an action: the fields are "
                        + FIELDS.keySet().stream()
                                .sorted()
                                .map(each -> ":" + each)
                                .toList() + " and :payload.…");
            }
        }
    }

    /** The statement with question marks for its parameters. */
    String text() {
        return text;
    }

    void run(Connection connection, Action<JsonNode> action) throws SQLException {
        try (var statement = connection.prepareStatement(text)) {
            int index = 0;
            for (var name : sql.parameters()) {
                bind(statement, ++index, name, action);
            }
            statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, int index, String name, Action<JsonNode> action)
            throws SQLException {
        var field = FIELDS.get(withoutMark(name));
        if (field != null) {
            statement.setObject(index, field.apply(action));
            return;
        }
        var node = action.payload();
        var path = withoutMark(name).split("\\.", -1);
        for (int i = 1; i < path.length; i++) {
            node = node.path(path[i]);
        }
        if (node.isMissingNode() && !name.endsWith("?")) {
            throw new NonRetryableException(
                    withoutMark(name) + " is missing; if the handler can do without it, write :" + name + "?");
        }
        set(statement, index, node);
    }

    private static void set(PreparedStatement statement, int index, JsonNode node) throws SQLException {
        if (node.isMissingNode() || node.isNull()) {
            statement.setNull(index, Types.NULL);
        } else if (node.isTextual()) {
            statement.setString(index, node.textValue());
        } else if (node.isBoolean()) {
            statement.setBoolean(index, node.booleanValue());
        } else if (node.isNumber()) {
            statement.setBigDecimal(index, node.decimalValue());
        } else {
            statement.setString(index, node.toString());
        }
    }

    private static String withoutMark(String name) {
        return name.endsWith("?") ? name.substring(0, name.length() - 1) : name;
    }
}
