package dev.errand.service.metrics;

import dev.errand.action.Action;
import dev.errand.action.RecordPosition;
import dev.errand.engine.handlers.HandlerRegistry;
import dev.errand.engine.observation.WorkObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Counts what workers report. A batch's actions are first counted by type in a local map, and then added to cached
 * counters, so that counting an action touches no shared memory. Thread-safe.
 */
@Singleton
final class WorkMetrics implements WorkObserver {

    private static final String ACTIONS = "errand.actions";
    private static final String ACTIONS_DESCRIPTION = "Actions by outcome";
    private static final double[] BATCH_SIZES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    private static final Duration[] UNIT_TIMES = Arrays.stream(
                    new int[] {2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000})
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final BoundedTypeTag types;
    private final DistributionSummary batches;
    private final Timer committed;
    private final Timer rolledBack;
    private final Map<RetryReason, Counter> retries;
    private final Map<Attempt, Counter> attempts;
    private final Map<String, Map<String, Map<Outcome, Counter>>> actions = new ConcurrentHashMap<>();
    private final Map<String, Counter> unreadable = new ConcurrentHashMap<>();

    @Inject
    WorkMetrics(MeterRegistry registry, MetricsConfig config, HandlerRegistry handlers) {
        this(registry, new BoundedTypeTag(handlers.types(), config.types()));
    }

    WorkMetrics(MeterRegistry registry, BoundedTypeTag types) {
        this.registry = registry;
        this.types = types;
        this.batches = DistributionSummary.builder("errand.batch.actions")
                .description("Actions in a batch")
                .serviceLevelObjectives(BATCH_SIZES)
                .register(registry);
        this.committed = unit("committed");
        this.rolledBack = unit("rolled-back");
        this.retries = counters(RetryReason.class, why -> Counter.builder("errand.transaction.retries")
                .description("Units of work that were run again, by reason")
                .tag("reason", text(why)));
        this.attempts = counters(Attempt.class, how -> Counter.builder("errand.scheduled.attempts")
                .description("Scheduled attempts at failed actions, by outcome")
                .tag("outcome", text(how)));
    }

    private Timer unit(String result) {
        return Timer.builder("errand.transaction")
                .description(
                        "Duration of units of work, from before they get a connection until after commit or rollback")
                .tag("result", result)
                .serviceLevelObjectives(UNIT_TIMES)
                .register(registry);
    }

    private <E extends Enum<E>> Map<E, Counter> counters(Class<E> all, Function<E, Counter.Builder> counter) {
        Map<E, Counter> counters = new EnumMap<>(all);
        for (var each : all.getEnumConstants()) {
            counters.put(each, counter.apply(each).register(registry));
        }
        return counters;
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public void onBatch(int count) {
        batches.record(count);
    }

    @Override
    public void onTransactionEnd(Duration took, boolean isCommitted) {
        (isCommitted ? committed : rolledBack).record(took);
    }

    @Override
    public void onRetry(RetryReason why) {
        increment(retries, why, 1);
    }

    @Override
    public void onAttempt(Attempt how) {
        increment(attempts, how, 1);
    }

    private static <E> void increment(Map<E, Counter> counters, E which, int by) {
        var counter = counters.get(which);
        if (counter != null) {
            counter.increment(by);
        }
    }

    /** The number of actions of one type. */
    private static final class Tally {
        private int actions;
    }

    @Override
    public void onOutcome(Outcome outcome, List<? extends Action<?>> all) {
        Map<String, Tally> tallies = new HashMap<>();
        var topic = all.get(0).position().topic();
        for (var action : all) {
            var own = action.position().topic();
            if (!own.equals(topic)) {
                add(outcome, topic, tallies);
                tallies.clear();
                topic = own;
            }
            tallies.computeIfAbsent(action.type(), any -> new Tally()).actions++;
        }
        add(outcome, topic, tallies);
    }

    private void add(Outcome outcome, String topic, Map<String, Tally> tallies) {
        var ofTopic = actions.computeIfAbsent(topic, any -> new ConcurrentHashMap<>());
        tallies.forEach((type, tally) -> {
            var ofType = ofTopic.computeIfAbsent(types.name(type), name -> outcomes(topic, name));
            increment(ofType, outcome, tally.actions);
        });
    }

    /**
     * Registers the counters of all outcomes at once: a counter that first appears with its first failure shows no
     * increase.
     */
    private Map<Outcome, Counter> outcomes(String topic, String type) {
        return counters(Outcome.class, outcome -> Counter.builder(ACTIONS)
                .description(ACTIONS_DESCRIPTION)
                .tags(Tags.of("topic", topic, "type", type, "outcome", outcome.label())));
    }

    @Override
    public void onUnreadable(List<RecordPosition> records) {
        records.stream()
                .collect(Collectors.groupingBy(RecordPosition::topic, Collectors.counting()))
                .forEach((topic, count) ->
                        unreadable.computeIfAbsent(topic, this::unreadableOf).increment(count));
    }

    /** Unreadable records have no known type: the tag is empty. */
    private Counter unreadableOf(String topic) {
        return Counter.builder(ACTIONS)
                .description(ACTIONS_DESCRIPTION)
                .tags(Tags.of("topic", topic, "type", "", "outcome", "unreadable"))
                .register(registry);
    }
}
