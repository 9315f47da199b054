package dev.errand.examples;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Events;
import dev.errand.handler.Handles;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/**
 * Grants loyalty points for an order: it changes the user's account, which the unit of work writes, and publishes an event. All
 * accounts of a unit of work are loaded by one query.
 */
@Handles("order.placed")
@ApplicationScoped
public class OrderPlacedHandler implements ActionHandler<OrderPlaced> {

    private final Events events;

    @Inject
    OrderPlacedHandler(Events events) {
        this.events = events;
    }

    @Override
    public void prefetch(List<Action<OrderPlaced>> actions) {
        LoyaltyAccount.load(actions.stream().map(Action::userId).distinct().toList());
    }

    @Override
    public void handle(Action<OrderPlaced> action) {
        var account = LoyaltyAccount.of(action.userId());
        var points = account.earn(action.payload().totalCents());
        events.emit("points.granted", new PointsChanged(action.payload().orderId(), points, account.points));
    }
}
