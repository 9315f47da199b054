package dev.errand.engine.handlers;

import com.fasterxml.jackson.databind.JavaType;
import dev.errand.action.Action;
import dev.errand.action.TypePattern;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Retry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A handler and its settings.
 *
 * @param name its class, or its file and line, for messages
 * @param types the action types that it handles
 * @param order its order among several handlers of a type
 * @param handler the handler itself
 * @param payload the Java type to which payloads are bound
 * @param refusesUnknown whether properties are refused that the payload's type does not have
 * @param constrained whether the payload's type has constraints of Bean Validation
 * @param prefetches whether it overrides {@link ActionHandler#prefetch}
 * @param timeout how long a run may take; null if only the transaction timeout applies
 * @param exclusive whether each of its actions has a unit of work of its own
 * @param turns limits how many of its actions run at once; null for no limit
 * @param retry its retry settings; null if it has none of its own
 */
public record HandlerDefinition<T>(
        String name,
        List<TypePattern> types,
        int order,
        ActionHandler<T> handler,
        JavaType payload,
        boolean refusesUnknown,
        boolean constrained,
        boolean prefetches,
        @Nullable Duration timeout,
        boolean exclusive,
        @Nullable ConcurrencyLimit turns,
        @Nullable Retry retry) {

    boolean matches(String type) {
        return types.stream().anyMatch(each -> each.matches(type));
    }

    boolean collidesWith(HandlerDefinition<?> other) {
        return order == other.order
                && types.stream().anyMatch(each -> other.types.stream().anyMatch(each::overlaps));
    }

    /** A handler and an action for which it has to run. */
    public record Run<T>(HandlerDefinition<T> binding, Action<T> action) {

        public void run() throws Exception {
            binding.handler.handle(action);
        }
    }

    /** @param runs runs of this handler */
    @SuppressWarnings("unchecked") // a run's action has the payload type of its handler
    public void prefetch(List<Run<?>> runs) throws Exception {
        handler.prefetch(runs.stream().map(run -> (Action<T>) run.action).toList());
    }
}
