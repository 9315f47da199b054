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

/** The status of this process's engine, for metrics, health checks, API and console. Thread-safe. */
@Singleton
public class EngineStatus {

    private final Engine engine;
    private final AssignedPartitions assignments;
    private final PauseGate pauseGate;
    private final GapReporter gaps;
    private final int workers;
    private final Clock clock = Clock.systemUTC();

    @Inject
    EngineStatus(
            Engine engine,
            AssignedPartitions assignments,
            PauseGate pauseGate,
            GapReporter gaps,
            IntakeConfig intake,
            WorkConfig work) {
        this.engine = engine;
        this.assignments = assignments;
        this.pauseGate = pauseGate;
        this.gaps = gaps;
        this.workers = intake.enabled() ? work.workers() : 0;
    }

    /**
     * The actions in memory.
     *
     * @param actions how many are admitted and not done
     * @param bytes their memory in bytes
     * @param users how many users have actions waiting or running
     * @param suspendedUsers how many users' actions wait for a later attempt
     */
    public record Load(int actions, long bytes, int users, int suspendedUsers) {}

    /**
     * A partition that is assigned to this process.
     *
     * @param next the offset before which all is done; -1 before the first record
     * @param unfinished how many records are received and not done
     * @param oldestAge how long ago the first of them was published; null if there are none
     * @param receiving whether records are received; false until the starting position is known, and while the partition is held
     */
    public record Partition(
            String topic,
            int partition,
            long next,
            int unfinished,
            @Nullable Duration oldestAge,
            boolean receiving) {}

    /** Returns how many units of work run at once at most; 0 in a process that serves API and console only. */
    public int workers() {
        return workers;
    }

    /** Returns how many units of work run. */
    public int busyWorkers() {
        return engine.load().batches();
    }

    public Load load() {
        var load = engine.load();
        return new Load(load.items(), load.bytes(), load.users(), load.suspendedUsers());
    }

    /** Returns how long ago the oldest record that is received and not done was published; empty if all are done. */
    public Optional<Duration> oldestUnfinished() {
        return partitions().stream()
                .map(Partition::oldestAge)
                .filter(age -> age != null)
                .max(Comparator.naturalOrder());
    }

    /** Returns the partitions that are assigned to this process, in no particular order. */
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

    /** Returns the names of the partitions that are held because records are missing, such as {@code topic-0}, sorted. */
    public List<String> held() {
        return gaps.held().stream().map(TopicPartition::toString).sorted().toList();
    }

    /** Returns how many gaps this process was the first to report. */
    public long gaps() {
        return gaps.count();
    }

    /** Returns how many records those gaps had. */
    public long gapRecords() {
        return gaps.records();
    }

    /** Returns how often a partition was read again because MySQL had lost commits. */
    public long rereads() {
        return gaps.rereads();
    }

    /** Returns whether the engine takes more records now: it is neither paused nor full. */
    public boolean asks() {
        return !pauseGate.isPaused() && !engine.load().full();
    }

    /** Returns the age of a timestamp; zero if the publisher's clock is ahead, and null if there is no timestamp. */
    private @Nullable Duration age(OptionalLong timestamp) {
        return timestamp.isEmpty() ? null : Duration.ofMillis(Math.max(0, clock.millis() - timestamp.getAsLong()));
    }
}
