package dev.errand.examples;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Handles;
import jakarta.enterprise.context.ApplicationScoped;

/** Gives loyalty points for an order: reads the user's account, changes it, and leaves writing to the unit of work. */
@Handles("order.placed")
@ApplicationScoped
public class OrderPlacedHandler implements ActionHandler<OrderPlaced> {

    @Override
    public void handle(Action<OrderPlaced> action) {
        LoyaltyAccount account = LoyaltyAccount.findById(action.userId());
        if (account == null) {
            account = new LoyaltyAccount();
            account.userId = action.userId();
            account.persist();
        }
        account.earn(action.payload().totalCents());
    }
}
