package dev.errand.service.status;

import dev.errand.action.Action;
import dev.errand.action.RecordPosition;
import dev.errand.engine.observation.WorkObserver;
import dev.errand.engine.observation.WorkObserver.Attempt;
import dev.errand.engine.observation.WorkObserver.Outcome;
import dev.errand.engine.observation.WorkObserver.RetryReason;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** Counts this process's actions by outcome since its start, for the console's charts of the last hour. Thread-safe. */
@Singleton
final class OutcomeCounts implements WorkObserver {

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** The counts by outcome, named as in the metrics: {@code done}, {@code duplicate} and so on. */
    Map<String, Long> sinceStart() {
        return counts.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue()
                .sum()));
    }

    @Override
    public void onOutcome(Outcome outcome, List<? extends Action<?>> actions) {
        add(outcome.label(), actions.size());
    }

    @Override
    public void onUnreadable(List<RecordPosition> records) {
        add("unreadable", records.size());
    }

    private void add(String outcome, int actions) {
        counts.computeIfAbsent(outcome, any -> new LongAdder()).add(actions);
    }

    @Override
    public void onBatch(int actions) {}

    @Override
    public void onTransactionEnd(Duration took, boolean committed) {}

    @Override
    public void onRetry(RetryReason why) {}

    @Override
    public void onAttempt(Attempt how) {}
}
