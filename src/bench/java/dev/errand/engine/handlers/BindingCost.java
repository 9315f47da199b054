package dev.errand.engine.handlers;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RecordPosition;
import dev.errand.examples.OrderPlaced;
import dev.errand.examples.OrderPlacedHandler;
import dev.errand.handler.ActionHandler;
import java.time.Instant;

/** What it costs to bind an action's payload to its handler's record and to validate it. */
public final class BindingCost {

    private long bound;

    /** @return nanoseconds for one action, in the mean of so many */
    public double measure(int actions) {
        ActionHandler<OrderPlaced> handler = action -> {};
        var binding = GivenHandlers.NONE.binding(OrderPlacedHandler.class, handler);
        var began = System.nanoTime();
        for (int i = 0; i < actions; i++) {
            bound += GivenHandlers.NONE
                    .bind(binding, action(i))
                    .action()
                    .payload()
                    .totalCents();
        }
        return (double) (System.nanoTime() - began) / actions;
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
                new RecordPosition("t", 0, number));
    }
}
