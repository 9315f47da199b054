package dev.errand.testsupport;

import dev.errand.action.Action;
import dev.errand.action.RecordPosition;
import dev.errand.engine.observation.WorkObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An observer that remembers all events as texts. */
public class Seen implements WorkObserver {

    public final List<String> news = new ArrayList<>();

    @Override
    public void onBatch(int actions) {
        news.add("taken " + actions);
    }

    @Override
    public void onTransactionEnd(Duration took, boolean committed) {
        news.add(committed ? "committed" : "rolled back");
    }

    @Override
    public void onRetry(RetryReason why) {
        news.add("again " + why);
    }

    @Override
    public void onOutcome(Outcome outcome, List<? extends Action<?>> actions) {
        actions.forEach(action -> news.add(outcome + " " + action.key().id()));
    }

    @Override
    public void onUnreadable(List<RecordPosition> records) {
        records.forEach(record -> news.add("unreadable " + record));
    }

    @Override
    public void onAttempt(Attempt how) {
        news.add("attempted " + how);
    }
}
