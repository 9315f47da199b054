package dev.errand.bench.app;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Handles;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Reads three entities of the user and changes each; with {@code bench.idle} it does nothing, to show what it costs to have a
 * handler at all.
 */
@Handles({"page.viewed", "item.added", "item.removed", "search.made"})
@ApplicationScoped
public class BenchHandler implements ActionHandler<BenchPayload> {

    private static final boolean IDLE = Boolean.getBoolean("bench.idle");

    @Override
    public void handle(Action<BenchPayload> action) {
        if (IDLE) {
            return;
        }
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
