package dev.errand.work;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.Coordinates;
import dev.errand.examples.OrderPlaced;
import dev.errand.examples.OrderPlacedHandler;
import dev.errand.handler.ActionHandler;
import dev.errand.sql.SqlHandlers;
import jakarta.validation.Validation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What it costs to bind an action's payload to its handler's record and to validate it. */
public final class BindingCost {

    private long bound;

    /** @return nanoseconds for one action, in the mean of so many */
    public double measure(int actions) {
        try (var validation = Validation.buildDefaultValidatorFactory()) {
            var handlers = new Handlers(
                    List.of(),
                    new SqlHandlers(Optional.empty(), null, null),
                    new ObjectMapper(),
                    validation.getValidator(),
                    Handlers.UnknownTypes.RECORD,
                    Duration.ofMinutes(1));
            ActionHandler<OrderPlaced> handler = action -> {};
            var binding = handlers.binding(OrderPlacedHandler.class, handler);
            var began = System.nanoTime();
            for (int i = 0; i < actions; i++) {
                bound += handlers.bind(binding, action(i)).action().payload().totalCents();
            }
            return (double) (System.nanoTime() - began) / actions;
        }
    }

    /** So that nothing of it can be left out as useless. */
    public long bound() {
        return bound;
    }

    private static Action<String> action(int number) {
        return new Action<>(
                new ActionKey("", "a-" + number),
                "order.placed",
                "u-42",
                Instant.EPOCH,
                "{\"orderId\":\"o-" + number + "\",\"totalCents\":" + (100 + number % 1000) + "}",
                null,
                new Coordinates("t", 0, number));
    }
}
