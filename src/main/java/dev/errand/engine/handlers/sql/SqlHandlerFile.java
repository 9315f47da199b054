package dev.errand.engine.handlers.sql;

import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads a file of {@link SqlHandler}s; errors have the file, the line and the reason. Immutable and thread-safe. */
final class SqlHandlerFile {

    private static final Set<String> KEYS =
            Set.of("type", "types", "order", "timeout", "exclusive", "concurrency", "statements");

    private final Path file;
    private final Session session;

    /** Checks whether the database accepts a statement. */
    @FunctionalInterface
    interface Check {
        /** @return why the statement is refused; null if it is accepted */
        @Nullable
        String refusal(String sql);
    }

    SqlHandlerFile(Path file, Session session) {
        this.file = file;
        this.session = session;
    }

    /** @throws IllegalStateException if the file can't be read, or anything in it is invalid */
    List<SqlHandler> read(Check check) {
        Node root;
        try {
            root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(Files.readString(file)));
        } catch (MarkedYAMLException e) {
            throw wrong(e.getProblemMark() == null ? 0 : e.getProblemMark().getLine(), e.getProblem());
        } catch (IOException e) {
            throw new IllegalStateException(file + " can't be read: " + e, e);
        }
        if (root == null) {
            throw wrong(0, "the file is empty: it needs a list of handlers, each with type and statements");
        }
        List<SqlHandler> handlers = new ArrayList<>();
        for (var node : list(root, "the file needs a list of handlers, each starting with \"- type:\"")) {
            handlers.add(handler(node, check));
        }
        return handlers;
    }

    private SqlHandler handler(Node node, Check check) {
        var values = map(node);
        List<String> types = new ArrayList<>();
        if (values.containsKey("type")) {
            types.add(text(values.get("type")));
        }
        if (values.containsKey("types")) {
            list(values.get("types"), "types has to be a list").forEach(each -> types.add(text(each)));
        }
        if (types.isEmpty()) {
            throw wrong(node, "a handler needs a type, such as \"type: order.placed\"");
        }
        if (!values.containsKey("statements")) {
            throw wrong(node, "a handler needs a list of statements");
        }
        List<SqlStep> steps = new ArrayList<>();
        for (var each : list(values.get("statements"), "statements has to be a list, each item starting with a dash")) {
            steps.add(step(each, check));
        }
        return new SqlHandler(
                file.getFileName() + ":" + (node.getStartMark().getLine() + 1),
                List.copyOf(types),
                number(values.get("order")),
                duration(values.get("timeout")),
                bool(values.get("exclusive")),
                number(values.get("concurrency")),
                List.copyOf(steps),
                session);
    }

    private SqlStep step(Node node, Check check) {
        try {
            var step = new SqlStep(text(node));
            var refusal = check.refusal(step.text());
            if (refusal != null) {
                throw wrong(node, "MySQL does not accept the statement: " + refusal);
            }
            return step;
        } catch (IllegalArgumentException e) {
            throw wrong(node, "the statement can't be used: " + e.getMessage());
        }
    }

    private Map<String, Node> map(Node node) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(
                    node,
                    "a handler needs keys and values, with the keys "
                            + KEYS.stream().sorted().toList());
        }
        Map<String, Node> values = new HashMap<>();
        var seen = new HashSet<String>();
        for (var tuple : mapping.getValue()) {
            var key = text(tuple.getKeyNode());
            if (!KEYS.contains(key)) {
                throw wrong(
                        tuple.getKeyNode(),
                        "the key " + key + " is unknown, the keys are "
                                + KEYS.stream().sorted().toList());
            }
            if (!seen.add(key)) {
                throw wrong(tuple.getKeyNode(), key + " appears twice");
            }
            values.put(key, tuple.getValueNode());
        }
        return values;
    }

    private List<Node> list(@Nullable Node node, String expected) {
        if (node instanceof SequenceNode sequence && !sequence.getValue().isEmpty()) {
            return sequence.getValue();
        }
        throw wrong(node, expected);
    }

    private String text(@Nullable Node node) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue();
        }
        throw wrong(node, "a single value is expected here");
    }

    private int number(@Nullable Node node) {
        try {
            return node == null ? 0 : Integer.parseInt(text(node));
        } catch (NumberFormatException e) {
            throw wrong(node, "a whole number is expected here");
        }
    }

    private @Nullable Duration duration(@Nullable Node node) {
        try {
            return node == null ? null : DurationConverter.parseDuration(text(node));
        } catch (IllegalArgumentException e) {
            throw wrong(node, "a duration such as 5s is expected here");
        }
    }

    private boolean bool(@Nullable Node node) {
        if (node == null || text(node).equals("false")) {
            return false;
        }
        if (text(node).equals("true")) {
            return true;
        }
        throw wrong(node, "true or false is expected here");
    }

    private IllegalStateException wrong(@Nullable Node node, String reason) {
        return wrong(node == null ? 0 : node.getStartMark().getLine(), reason);
    }

    private IllegalStateException wrong(int line, String reason) {
        return new IllegalStateException(file + ", line " + (line + 1) + ": " + reason);
    }
}
