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
 * A handler with all that was declared about it.
 *
 * @param name for messages
 * @param types which actions it runs for
 * @param order its place among several handlers of a type
 * @param payload what its actions' payloads are bound to
 * @param refusesUnknown whether properties are refused that the payload's type does not have
 * @param constrained whether there is something to be checked in a payload
 * @param prefetches whether it loads anything beforehand
 * @param timeout how long a run may take; null where only the transaction limits it
 * @param exclusive whether its actions get units of work of their own
 * @param turns how many of its actions are done at once; null for no limit
 * @param retry what it says of later attempts; null where it says nothing
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

    /** A run of the handler for one action, still to be made. */
    public record Run<T>(HandlerDefinition<T> binding, Action<T> action) {

        public void run() throws Exception {
            binding.handler.handle(action);
        }
    }

    /** @param runs of this binding */
    @SuppressWarnings("unchecked") // a run's action is of its binding's type
    public void prefetch(List<Run<?>> runs) throws Exception {
        handler.prefetch(runs.stream().map(run -> (Action<T>) run.action).toList());
    }
}
