package dev.errand.engine.intake;

import dev.errand.engine.offsets.AssignedPartitions;
import dev.errand.engine.offsets.GapReporter;
import dev.errand.engine.offsets.IntakeConfig;
import dev.errand.engine.workers.Engine;
import dev.errand.engine.workers.WorkConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** How this process's engine is doing, for those who watch it. Thread-safe. */
@Singleton
public class EngineStatus {

    private final Engine engine;
    private final AssignedPartitions assignments;
    private final PauseGate valve;
    private final GapReporter gaps;
    private final int workers;
    private final Clock clock = Clock.systemUTC();

    @Inject
    EngineStatus(
            Engine engine,
            AssignedPartitions assignments,
            PauseGate valve,
            GapReporter gaps,
            IntakeConfig intake,
            WorkConfig work) {
        this.engine = engine;
        this.assignments = assignments;
        this.valve = valve;
        this.gaps = gaps;
        this.workers = intake.enabled() ? work.workers() : 0;
    }

    /**
     * What is in memory.
     *
     * @param actions admitted and not done
     * @param bytes they take
     * @param users with actions waiting or running
     * @param suspendedUsers who wait for a later attempt
     */
    public record Load(int actions, long bytes, int users, int suspendedUsers) {}

    /**
     * A partition that this process has.
     *
     * @param next the offset up to which all is done; -1 before the first record
     * @param unfinished actions received and not done
     * @param oldestAge how long ago the first of them was published; null without any
     * @param receiving whether records are received: not before it is known where to begin, and not while it is held
     */
    public record Partition(
            String topic,
            int partition,
            long next,
            int unfinished,
            @Nullable Duration oldestAge,
            boolean receiving) {}

    /** How many units of work run at most; none in a process for API and console only. */
    public int workers() {
        return workers;
    }

    /** How many run. */
    public int busyWorkers() {
        return engine.load().batches();
    }

    public Load load() {
        var load = engine.load();
        return new Load(load.items(), load.bytes(), load.users(), load.suspendedUsers());
    }

    /** How long ago the oldest action was published that was received and is not done; empty when all is done. */
    public Optional<Duration> oldestUnfinished() {
        return partitions().stream()
                .map(Partition::oldestAge)
                .filter(age -> age != null)
                .max(Comparator.naturalOrder());
    }

    /** The partitions this process has, in no order. */
    public List<Partition> partitions() {
        return assignments.progress().stream()
                .map(each -> new Partition(
                        each.partition().topic(),
                        each.partition().partition(),
                        each.next(),
                        each.unfinished(),
                        age(each.oldest()),
                        each.receiving()))
                .toList();
    }

    /** Partitions that are held because records of theirs are missing, as {@code topic-0}, in order. */
    public List<String> held() {
        return gaps.held().stream().map(TopicPartition::toString).sorted().toList();
    }

    /** How many gaps this process was the first to tell of. */
    public long gaps() {
        return gaps.count();
    }

    /** How many records they had. */
    public long gapRecords() {
        return gaps.records();
    }

    /** How often a partition was read again because MySQL had lost commits. */
    public long rereads() {
        return gaps.rereads();
    }

    /** Whether it would take more now: it is not paused, and there is room. */
    public boolean asks() {
        return !valve.isPaused() && !engine.load().full();
    }

    /** Never negative: publishers' clocks may be ahead. */
    private @Nullable Duration age(OptionalLong timestamp) {
        return timestamp.isEmpty() ? null : Duration.ofMillis(Math.max(0, clock.millis() - timestamp.getAsLong()));
    }
}
