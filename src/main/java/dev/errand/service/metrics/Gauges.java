package dev.errand.service.metrics;

import dev.errand.engine.intake.EngineStatus;
import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.offsets.ConsumerGroup;
import dev.errand.engine.parking.ParkedState;
import dev.errand.service.metrics.DependencyMonitor.Backlog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Registers the gauges of this process and of the last samples of its dependencies. A scrape only reads this process's
 * memory. A value that is not known yet is {@code NaN}.
 */
@Singleton
final class Gauges {

    private final MeterRegistry registry;
    private final EngineStatus engine;
    private final LivenessMonitor liveness;
    private final DependencyMonitor dependencies;
    private final Clock clock = Clock.systemUTC();

    @Inject
    Gauges(MeterRegistry registry, EngineStatus engine, LivenessMonitor liveness, DependencyMonitor dependencies) {
        this.registry = registry;
        this.engine = engine;
        this.liveness = liveness;
        this.dependencies = dependencies;
    }

    void register(@Observes StartupEvent event) {
        process();
        database();
        kafka();
    }

    private void process() {
        gauge("errand.workers", "Units of work that can run at once", engine::workers);
        gauge("errand.workers.busy", "Units of work that run", engine::busyWorkers);
        gauge("errand.in.flight.actions", "Actions in memory, waiting or running", () -> engine.load()
                .actions());
        gauge("errand.in.flight.users", "Users with actions in memory", () -> engine.load()
                .users());
        gauge("errand.suspended.users", "Users whose actions wait in memory for a later attempt", () -> engine.load()
                .suspendedUsers());
        register(Gauge.builder("errand.in.flight", () -> engine.load().bytes())
                .description("Memory taken by actions that wait or run")
                .baseUnit(BaseUnits.BYTES));
        seconds(
                "errand.oldest.in.flight",
                "Age of the oldest action that is received and unfinished, since it was published; 0 if there is none",
                () -> seconds(engine.oldestUnfinished().orElse(Duration.ZERO)));
        gauge(
                "errand.stalled.partitions",
                "Partitions from which this process receives nothing though Kafka has more records",
                () -> dependencies.stalled().size());
        gauge("errand.held.partitions", "Partitions that are held until an operator accepts a gap", () -> engine.held()
                .size());
        counter("errand.gaps", "Gaps that this process was the first to report", EngineStatus::gaps);
        counter(
                "errand.gap.records",
                "Records that Kafka no longer had when Errand was to read them",
                EngineStatus::gapRecords);
        counter(
                "errand.position.rereads",
                "Partitions that were read again because MySQL had lost commits",
                EngineStatus::rereads);
        gauge("errand.stuck.threads", "Threads that have ended or are stuck", () -> liveness.troubles()
                .size());
    }

    private void database() {
        gauge("errand.database.up", "Whether the database answers and takes writes", () -> up(dependencies.database()));
        for (var state : List.of(ParkedState.DEAD, ParkedState.RETRYING, ParkedState.WAITING)) {
            register(Gauge.builder(
                            "errand.failed.actions",
                            () -> known(backlog -> backlog.failed().actions().getOrDefault(state, 0L)))
                    .description("Failed actions that are unfinished, of all processes; counted up to 100,000")
                    .tag("state", state.name().toLowerCase(Locale.ROOT)));
        }
        parked();
        outbox();
        gauge(
                "errand.gaps.unaccepted",
                "Gaps that nobody has accepted yet, of all processes; counted up to 100",
                () -> known(backlog -> dependencies.gaps().size()));
        seconds(
                "errand.sample.age",
                "Age of the last sample of the database",
                () -> known(backlog -> seconds(age(backlog.at()))));
    }

    private void parked() {
        seconds(
                "errand.failed.overdue",
                "How long the most overdue scheduled attempt has been due",
                () -> known(backlog -> seconds(backlog.failed().overdue())));
        gauge(
                "errand.dead.letters.unpublished",
                "Dead actions that are still to be published",
                () -> known(backlog -> backlog.failed().unpublished()));
        gauge(
                "errand.dead.letters.quarantined",
                "Dead actions that can't be published and are quarantined; counted up to 100,000",
                () -> known(backlog -> backlog.failed().quarantined()));
    }

    private void outbox() {
        gauge(
                "errand.outbox.quarantined",
                "Events that can't be published and are quarantined; counted up to 100,000",
                () -> known(backlog -> backlog.outbox().quarantined()));
        gauge(
                "errand.outbox.events",
                "Events that are committed and still to be published; counted up to 100,000",
                () -> known(backlog -> backlog.outbox().events()));
        seconds(
                "errand.outbox.oldest",
                "Age of the oldest event that is still to be published; 0 if there is none",
                () -> known(backlog -> seconds(backlog.outbox().oldest())));
    }

    private void kafka() {
        gauge("errand.kafka.up", "Whether Kafka answers", () -> up(dependencies.kafka()));
        var lag = MultiGauge.builder("errand.consumer.lag")
                .description("Actions that are published and whose offsets are not committed, of all processes")
                .register(registry);
        var unfinished = MultiGauge.builder("errand.partition.in.flight.records")
                .description("Actions that this process has received and not finished")
                .register(registry);
        dependencies.onPartitions(partitions -> {
            lag.register(rows(partitions), true);
            unfinished.register(ownRows(), true);
        });
    }

    private static List<MultiGauge.Row<?>> rows(List<ConsumerGroup.Partition> partitions) {
        return partitions.stream()
                .<MultiGauge.Row<?>>map(each ->
                        MultiGauge.Row.of(tags(each.at().topic(), each.at().partition()), each.lag()))
                .toList();
    }

    private List<MultiGauge.Row<?>> ownRows() {
        return engine.partitions().stream()
                .<MultiGauge.Row<?>>map(
                        each -> MultiGauge.Row.of(tags(each.topic(), each.partition()), each.unfinished()))
                .toList();
    }

    private static Tags tags(String topic, int partition) {
        return Tags.of("topic", topic, "partition", String.valueOf(partition));
    }

    private double known(ToDoubleFunction<Backlog> number) {
        return dependencies.backlog().map(number::applyAsDouble).orElse(Double.NaN);
    }

    private static double up(Optional<Availability> reach) {
        return reach.map(known -> known.isAway() ? 0.0 : 1.0).orElse(Double.NaN);
    }

    private Duration age(Instant at) {
        return Duration.between(at, clock.instant());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private void gauge(String name, String description, Supplier<Number> number) {
        register(Gauge.builder(name, number).description(description));
    }

    private void counter(String name, String description, ToDoubleFunction<EngineStatus> number) {
        FunctionCounter.builder(name, engine, number).description(description).register(registry);
    }

    private void seconds(String name, String description, Supplier<Number> number) {
        register(Gauge.builder(name, number).description(description).baseUnit("seconds"));
    }

    /** A strong reference: Micrometer would otherwise drop a gauge that nothing else references. */
    private void register(Gauge.Builder<?> gauge) {
        gauge.strongReference(true).register(registry);
    }
}
