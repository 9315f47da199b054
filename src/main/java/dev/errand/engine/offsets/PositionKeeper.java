package dev.errand.engine.offsets;

import dev.errand.engine.database.PrimaryWatch;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.liveness.EngineThread;
import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.offsets.ConsumerGroup.Partition;
import dev.errand.engine.offsets.PartitionPositions.Held;
import dev.errand.engine.offsets.PartitionPositions.Known;
import dev.errand.engine.offsets.PartitionPositions.Recorded;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps MySQL's record of how far each partition is: finds out where to begin a partition that was assigned, writes down what is
 * done before Kafka hears of it, and has read again what MySQL has lost. Works on one thread of its own, so that neither
 * Kafka's polling threads nor workers wait for it. Thread-safe.
 */
@Singleton
public final class PositionKeeper {

    private static final Logger LOG = Logger.getLogger(PositionKeeper.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(2);

    private final PartitionPositions positions;
    private final GapReporter gaps;
    private final ConsumerGroup group;
    private final PrimaryWatch primaryWatch;
    private final LivenessMonitor liveness;
    private final ThreadHeartbeat heartbeat;
    private final Duration interval;
    private final boolean enabled;
    private final int mostInMemory;
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, task -> EngineThread.create("errand-positions", task));

    /** Assignments of which it has to be found out where to read on. */
    private final Map<PartitionOffsets, PartitionReader> unresolved = new ConcurrentHashMap<>();

    private final StartedPartitions started = new StartedPartitions();

    private boolean inTrouble;
    private long troubledAt;
    private long lookedAt = System.nanoTime();

    @Inject
    PositionKeeper(
            PartitionPositions positions,
            GapReporter gaps,
            ConsumerGroup group,
            PrimaryWatch primaryWatch,
            LivenessMonitor liveness,
            IntakeConfig config,
            @ConfigProperty(name = "mp.messaging.incoming.user-actions.max.poll.records") int polled,
            @ConfigProperty(name = "mp.messaging.incoming.user-actions.concurrency") int consumers) {
        this.positions = positions;
        this.gaps = gaps;
        this.group = group;
        this.primaryWatch = primaryWatch;
        this.liveness = liveness;
        this.heartbeat = liveness.begin("The keeper of positions");
        this.interval = config.commitInterval();
        this.enabled = config.enabled();
        // A poll's records are admitted together, whatever the bound.
        this.mostInMemory = config.maxActions() + consumers * polled;
        heartbeat.rest();
    }

    void start(@Observes StartupEvent event) {
        if (enabled) {
            primaryWatch.listen(this::giveUpAll);
            var steps = thread.scheduleWithFixedDelay(this::step, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debugf("Positions are kept: %s", steps);
        }
    }

    @PreDestroy
    void end() {
        liveness.forget(heartbeat);
        thread.shutdownNow();
    }

    /** Finds out where to read on, and tells the reader. */
    public void resolve(PartitionOffsets assignment, PartitionReader reader) {
        unresolved.put(assignment, reader);
        stepSoon();
    }

    private void stepSoon() {
        try {
            thread.execute(this::step);
        } catch (RejectedExecutionException everythingStops) {
            LOG.debug("Nothing is read any more");
        }
    }

    /**
     * Another server is in MySQL's place, and may lack what was done: nothing that was received before may be done there, before
     * what is missing. On any thread.
     */
    private void giveUpAll() {
        started.giveUpAll();
        stepSoon();
    }

    /**
     * Writes how far partitions are that this process gives away, as far as that can be done in time: what is not written is
     * found to be done by the next owner.
     */
    public void release(Collection<PartitionOffsets> leaving, Duration atMost) {
        unresolved.keySet().removeAll(leaving);
        try {
            thread.submit(() -> {
                        try {
                            // A consumer that ends releases its partitions twice, the second time by being revoked.
                            write(started.among(leaving), true);
                        } finally {
                            // Not before: until then they may have to be given up.
                            started.remove(leaving);
                        }
                        return true;
                    })
                    .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.infof("How far %s are could not be written to MySQL, the ledger knows: %s", leaving, e.toString());
        }
    }

    private void step() {
        if (inTrouble && System.nanoTime() - troubledAt < AFTER_TROUBLE.toNanos()) {
            return;
        }
        heartbeat.beat();
        try {
            unresolved.keySet().removeIf(PartitionOffsets::isRevoked);
            started.restartGivenUp();
            if (!unresolved.isEmpty()) {
                resolveAll();
            }
            var looks = isTimeToLook();
            var due = started.all().stream().anyMatch(each -> each.recordable().isPresent());
            if (due || looks) {
                write(started.all(), false);
            }
            if (looks) {
                lookedAt = System.nanoTime();
                started.restartRecreated(
                        group.partitions().stream().collect(Collectors.toMap(Partition::at, Partition::topicId)));
            }
            inTrouble = false;
        } catch (Throwable e) {
            // All of it is tried again at the next step, which an exception would keep from coming.
            if (!inTrouble) {
                LOG.warnf("Positions of partitions can't be kept yet: %s", ErrorClassifier.inShort(e));
            }
            LOG.debug("Because", e);
            inTrouble = true;
            troubledAt = System.nanoTime();
        } finally {
            heartbeat.rest();
        }
    }

    /** Also when nothing is done: a server that has lost commits may have taken the other's place in silence. */
    private boolean isTimeToLook() {
        return System.nanoTime() - lookedAt > LOOK_EVERY.toNanos()
                && !started.all().isEmpty();
    }

    private void resolveAll() throws SQLException {
        var kafka = group.partitions().stream().collect(Collectors.toMap(Partition::at, each -> each));
        heartbeat.beat();
        int failoversBefore = started.failovers();
        var known = positions.all();
        List<Beginning> beginnings = new ArrayList<>();
        for (var each : List.copyOf(unresolved.keySet())) {
            var partition = kafka.get(each.partition());
            // Of a topic that has just been deleted there is nothing to be read.
            if (partition != null) {
                var recorded = known.partitions().get(each.partition());
                if (each.interruption().isEmpty()) {
                    addBeginning(beginnings, each, partition, recorded);
                } else {
                    goOn(each, partition, recorded);
                }
            }
        }
        begin(beginnings, known, failoversBefore);
    }

    /** After a break in the offsets. */
    private void goOn(PartitionOffsets assignment, Partition kafka, @Nullable Recorded recorded) throws SQLException {
        var found = assignment.interruption().orElseThrow();
        if (recorded != null && !recorded.topicId().equals(kafka.topicId())) {
            resolved(assignment, reader -> reader.restart(assignment));
            return;
        }
        var gap = StartingPosition.gap(kafka, found);
        if (gap.isEmpty() || gaps.mayPass(gap.get())) {
            // What is still there and was not handed over is read again: a poll may have failed half-way.
            var at = gap.isEmpty() && !found.seen() ? found.expected() : found.actual();
            resolved(assignment, reader -> reader.resume(assignment, at));
        }
    }

    private void resolved(PartitionOffsets assignment, Consumer<PartitionReader> what) {
        var reader = unresolved.remove(assignment);
        if (reader != null) {
            what.accept(reader);
        }
    }

    private void addBeginning(
            List<Beginning> beginnings, PartitionOffsets assignment, Partition kafka, @Nullable Recorded recorded)
            throws SQLException {
        var start = StartingPosition.of(kafka, recorded);
        var gap = start.gap();
        if (gap == null || gaps.mayPass(gap)) {
            beginnings.add(new Beginning(assignment, kafka, start));
        }
    }

    private void begin(List<Beginning> beginnings, Known known, int failoversBefore) throws SQLException {
        if (beginnings.isEmpty()
                || !positions.own(beginnings.stream().map(Beginning::taken).toList(), known.server())) {
            return;
        }
        for (var each : beginnings) {
            var assignment = each.assignment();
            if (each.start().lostByDatabase()) {
                gaps.reread(each.kafka(), each.start().at());
            }
            resolved(assignment, reader -> {
                assignment.limitSuspicion(each.kafka().end(), mostInMemory);
                started.add(assignment, reader, each.kafka().topicId(), failoversBefore);
                reader.begin(
                        assignment,
                        each.start().at(),
                        each.committed(),
                        PartitionPositions.isAfterUncleanEnd(known.partitions().get(assignment.partition())));
            });
        }
    }

    /** Before Kafka hears of it. */
    private void write(Collection<PartitionOffsets> all, boolean release) throws SQLException {
        List<Held> held = new ArrayList<>();
        for (var each : all) {
            if (each.recorded().offset() >= 0) {
                held.add(new Held(each, each.recorded(), each.recordable().orElse(null)));
            }
        }
        if (held.isEmpty()) {
            return;
        }
        heartbeat.beat();
        var outcome = positions.write(held, release);
        for (var each : outcome.written()) {
            if (each.reached() != null) {
                each.assignment().recorded(each.reached());
            }
        }
        // At once: until the reader restarts them they could be released, as if all of it were done here.
        outcome.lost().forEach(each -> each.assignment().giveUp());
        if (!outcome.lost().isEmpty()) {
            LOG.warnf(
                    "MySQL knows less of %s than before, or they are another process's in it: what it may not know is read again"
                            + " from Kafka, where it has been done it is not done twice",
                    outcome.lost().stream()
                            .map(each -> each.assignment().toString())
                            .sorted()
                            .toList());
            stepSoon();
        }
    }
}
