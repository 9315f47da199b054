package dev.errand.bench.app;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Handles;
import jakarta.enterprise.context.ApplicationScoped;

/** Reads three entities of the user and changes each. */
@Handles({"page.viewed", "item.added", "item.removed", "search.made"})
@ApplicationScoped
public class BenchHandler implements ActionHandler<BenchPayload> {

    @Override
    public void handle(Action<BenchPayload> action) {
        BenchWallet wallet = BenchWallet.findById(action.userId());
        BenchProfile profile = BenchProfile.findById(action.userId());
        BenchTally tally = BenchTally.findById(action.userId());
        long cents = action.payload().totalCents();
        wallet.balance += cents;
        profile.score = (profile.score * 31 + cents) % 1_000_003;
        profile.lastType = action.type();
        tally.actions++;
    }
}
