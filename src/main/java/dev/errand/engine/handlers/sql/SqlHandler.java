package dev.errand.engine.handlers.sql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import java.time.Duration;
import java.util.List;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * A handler of SQL statements that is declared in a file. Immutable and thread-safe.
 *
 * <p>Its settings have the same meaning as those in {@link dev.errand.handler.Handles} for a handler in Java.
 */
public final class SqlHandler implements ActionHandler<JsonNode> {

    private final String place;
    private final List<String> types;
    private final int order;
    private final @Nullable Duration timeout;
    private final boolean exclusive;
    private final int concurrency;
    private final List<SqlStep> steps;
    private final Session session;

    SqlHandler(
            String place,
            List<String> types,
            int order,
            @Nullable Duration timeout,
            boolean exclusive,
            int concurrency,
            List<SqlStep> steps,
            Session session) {
        this.place = place;
        this.types = types;
        this.order = order;
        this.timeout = timeout;
        this.exclusive = exclusive;
        this.concurrency = concurrency;
        this.steps = steps;
        this.session = session;
    }

    /** Flushes the changes of earlier handlers, then runs the statements one after the other on the unit of work's connection. */
    @Override
    public void handle(Action<JsonNode> action) {
        session.flush();
        session.doWork(connection -> {
            for (var step : steps) {
                step.run(connection, action);
            }
        });
    }

    /** Its file and line, for messages. */
    public String place() {
        return place;
    }

    public List<String> types() {
        return types;
    }

    public int order() {
        return order;
    }

    /** How long a run may take; null if only the transaction timeout applies. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    public boolean exclusive() {
        return exclusive;
    }

    /** How many of its actions may run at once; 0 for no limit. */
    public int concurrency() {
        return concurrency;
    }
}
