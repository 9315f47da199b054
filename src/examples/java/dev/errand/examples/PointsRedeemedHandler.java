package dev.errand.examples;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Events;
import dev.errand.handler.Handles;
import dev.errand.handler.NonRetryableException;
import dev.errand.handler.Retry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Spends points on a reward. If the user has too few, the action is not tried again. */
@Handles(value = "points.redeemed", retry = @Retry(attempts = 5, firstDelay = "1m"))
@ApplicationScoped
public class PointsRedeemedHandler implements ActionHandler<PointsRedeemed> {

    private final Events events;

    @Inject
    PointsRedeemedHandler(Events events) {
        this.events = events;
    }

    @Override
    public void handle(Action<PointsRedeemed> action) {
        var account = LoyaltyAccount.of(action.userId());
        var wanted = action.payload();
        if (account.points < wanted.points()) {
            throw new NonRetryableException(
                    "a " + wanted.reward() + " costs " + wanted.points() + " points, the user has " + account.points);
        }
        account.points -= wanted.points();
        events.emit("points.spent", new PointsChanged(wanted.reward(), wanted.points(), account.points));
    }
}
