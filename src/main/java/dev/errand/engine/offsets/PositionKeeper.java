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
 * Keeps the position of each partition in MySQL: determines the starting position of a newly assigned partition, stores each
 * position in MySQL before it is committed to Kafka, and restarts partitions whose work MySQL has lost. It has one thread of its
 * own, so that polling threads wait for it only in {@link #release}, and workers never. Thread-safe.
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

    /** The assignments whose next position is not determined yet. */
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
        this.heartbeat = liveness.begin("The position keeper");
        this.interval = config.commitInterval();
        this.enabled = config.enabled();
        // The records of one poll are admitted together, even beyond the limit.
        this.mostInMemory = config.maxActions() + consumers * polled;
        heartbeat.rest();
    }

    void start(@Observes StartupEvent event) {
        if (enabled) {
            primaryWatch.listen(this::giveUpAll);
            var steps = thread.scheduleWithFixedDelay(this::step, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debugf("The positions of partitions are written every %s: %s", interval, steps);
        }
    }

    @PreDestroy
    void end() {
        liveness.forget(heartbeat);
        thread.shutdownNow();
    }

    /** Determines where to read on, and then has the reader begin, resume or restart the assignment. Returns at once. */
    public void resolve(PartitionOffsets assignment, PartitionReader reader) {
        unresolved.put(assignment, reader);
        stepSoon();
    }

    private void stepSoon() {
        try {
            thread.execute(this::step);
        } catch (RejectedExecutionException everythingStops) {
            LOG.debug("The position keeper has stopped, because Errand stops");
        }
    }

    /**
     * Ends all assignments after a failover of MySQL. The new server may lack committed work, and records that were received
     * before must not be processed there ahead of it. Called on any thread.
     */
    private void giveUpAll() {
        started.giveUpAll();
        stepSoon();
    }

    /**
     * Writes the positions of partitions that this process gives back. If that fails or takes too long, the next owner reads the
     * records again and finds them to be duplicates.
     *
     * @param atMost how long the caller waits
     */
    public void release(Collection<PartitionOffsets> leaving, Duration atMost) {
        unresolved.keySet().removeAll(leaving);
        try {
            thread.submit(() -> {
                        try {
                            // A consumer that ends releases its partitions twice: once more when they are revoked.
                            write(started.among(leaving), true);
                        } finally {
                            // Not earlier: a failover during the write has to give them up.
                            started.remove(leaving);
                        }
                        return true;
                    })
                    .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.infof(
                    "The positions of %s could not be written to MySQL, the next owner finds what is done in the ledger: %s",
                    leaving, e.toString());
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
            if (looks
                    || started.all().stream().anyMatch(each -> each.recordable().isPresent())) {
                write(started.all(), false);
            }
            if (looks) {
                lookedAt = System.nanoTime();
                started.restartRecreated(
                        group.partitions().stream().collect(Collectors.toMap(Partition::at, Partition::topicId)));
            }
            inTrouble = false;
        } catch (Throwable e) {
            // The next step tries again; an exception that left this method would cancel all further steps.
            if (!inTrouble) {
                LOG.warnf("The positions of partitions can't be read or written yet: %s", ErrorClassifier.inShort(e));
            }
            LOG.debug("The positions of partitions can't be read or written yet", e);
            inTrouble = true;
            troubledAt = System.nanoTime();
        } finally {
            heartbeat.rest();
        }
    }

    /** Whether MySQL has to be checked although no position has changed: it may have failed over to a server that lost commits. */
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
            // A topic that has just been deleted has no partition to read.
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

    /** Reads on after a break in the offsets. */
    private void goOn(PartitionOffsets assignment, Partition kafka, @Nullable Recorded recorded) throws SQLException {
        var found = assignment.interruption().orElseThrow();
        if (recorded != null && !recorded.topicId().equals(kafka.topicId())) {
            resolved(assignment, reader -> reader.restart(assignment));
            return;
        }
        var gap = StartingPosition.gap(kafka, found);
        if (gap.isEmpty() || gaps.mayPass(gap.get())) {
            // A poll that fails half-way skips records that still exist: they are read again.
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

    /** Stores positions in MySQL; the consumer commits them to Kafka only afterwards. */
    private void write(Collection<PartitionOffsets> all, boolean release) throws SQLException {
        var held = all.stream()
                .filter(each -> each.recorded().offset() >= 0)
                .map(each -> new Held(each, each.recorded(), each.recordable().orElse(null)))
                .toList();
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
        // At once: until the reader restarts them, they could be released as if their work were on this server.
        outcome.lost().forEach(each -> each.assignment().giveUp());
        if (!outcome.lost().isEmpty()) {
            LOG.warnf(
                    "MySQL has lost the positions of %s, or another process owns them: their records are read again from Kafka,"
                            + " those that are done already are skipped as duplicates",
                    outcome.lost().stream().map(Held::assignment).toList());
            stepSoon();
        }
    }
}
