package dev.errand.intake;

import dev.errand.intake.ConsumerGroup.Partition;
import dev.errand.intake.PartitionPositions.Held;
import dev.errand.intake.PartitionPositions.Outcome;
import dev.errand.intake.PartitionPositions.Recorded;
import dev.errand.work.OwnThread;
import dev.errand.work.Pulse;
import dev.errand.work.Vitals;
import io.agroal.api.AgroalDataSource;
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
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps MySQL's record of how far each partition is: finds out where to begin a partition that was assigned, writes down what is
 * done before Kafka hears of it, and has read again what MySQL has lost. Works on one thread of its own, so that neither
 * Kafka's polling threads nor workers wait for it. Thread-safe.
 */
@Singleton
final class PositionKeeper {

    private static final Logger LOG = Logger.getLogger(PositionKeeper.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(2);

    /** A Kafka consumer of this process; its methods do nothing for an assignment that has ended. */
    interface Client {
        /** Reads on there, from the beginning of the assignment. */
        void begin(Assignment assignment, Position start, @Nullable Long committed, boolean uncleanEnd);

        /** Reads on there, in the middle of the assignment. */
        void resume(Assignment assignment, long at);

        /** Ends the assignment and makes another one of the partition. */
        void restart(Assignment assignment);
    }

    private final PartitionPositions positions;
    private final GapTeller gaps;
    private final ConsumerGroup group;
    private final AgroalDataSource dataSource;
    private final Vitals vitals;
    private final Pulse pulse;
    private final Duration interval;
    private final boolean enabled;
    private final int mostInMemory;
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, task -> OwnThread.create("errand-positions", task));

    /** Assignments of which it has to be found out where to read on. */
    private final Map<Assignment, Client> unresolved = new ConcurrentHashMap<>();

    /** All whose reading has begun. */
    private final Map<Assignment, Reading> begun = new ConcurrentHashMap<>();

    /** @param topicId Kafka's id of the topic that is read */
    private record Reading(Client client, String topicId) {}

    private boolean inTrouble;
    private long troubledAt;
    private long lookedAt = System.nanoTime();

    @Inject
    PositionKeeper(
            PartitionPositions positions,
            GapTeller gaps,
            ConsumerGroup group,
            AgroalDataSource dataSource,
            Vitals vitals,
            IntakeConfig config,
            @ConfigProperty(name = "mp.messaging.incoming.user-actions.max.poll.records") int polled,
            @ConfigProperty(name = "mp.messaging.incoming.user-actions.concurrency") int consumers) {
        this.positions = positions;
        this.gaps = gaps;
        this.group = group;
        this.dataSource = dataSource;
        this.vitals = vitals;
        this.pulse = vitals.begin("The keeper of positions");
        this.interval = config.commitInterval();
        this.enabled = config.enabled();
        // A poll's records are admitted together, whatever the bound.
        this.mostInMemory = config.maxActions() + consumers * polled;
        pulse.rest();
    }

    void start(@Observes StartupEvent event) {
        if (enabled) {
            var steps = thread.scheduleWithFixedDelay(this::step, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debugf("Positions are kept: %s", steps);
        }
    }

    @PreDestroy
    void end() {
        vitals.forget(pulse);
        thread.shutdownNow();
    }

    /** Finds out where to read on, and tells the client. */
    void resolve(Assignment assignment, Client client) {
        unresolved.put(assignment, client);
        try {
            thread.execute(this::step);
        } catch (RejectedExecutionException everythingStops) {
            LOG.debugf("%s is not read any more", assignment);
        }
    }

    /**
     * Writes how far partitions are that this process gives away, as far as that can be done in time: what is not written is
     * found to be done by the next owner.
     */
    void release(Collection<Assignment> leaving, Duration atMost) {
        leaving.forEach(this::forget);
        try {
            thread.submit(() -> {
                        write(leaving, true);
                        return true;
                    })
                    .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.infof("How far %s are could not be written to MySQL, the ledger knows: %s", leaving, e.toString());
        }
    }

    private void forget(Assignment assignment) {
        unresolved.remove(assignment);
        begun.remove(assignment);
    }

    private void step() {
        if (inTrouble && System.nanoTime() - troubledAt < AFTER_TROUBLE.toNanos()) {
            return;
        }
        pulse.beat();
        try {
            unresolved.keySet().removeIf(Assignment::isRevoked);
            begun.keySet().removeIf(Assignment::isRevoked);
            if (!unresolved.isEmpty()) {
                resolveAll();
            }
            var looks = isTimeToLook();
            var due = begun.keySet().stream().anyMatch(each -> each.recordable().isPresent());
            if (due || looks) {
                write(List.copyOf(begun.keySet()), false);
            }
            if (looks) {
                lookedAt = System.nanoTime();
                lookForRecreatedTopics();
            }
            inTrouble = false;
        } catch (Throwable e) {
            // All of it is tried again at the next step, which an exception would keep from coming.
            if (!inTrouble) {
                LOG.warnf("Positions of partitions can't be kept yet: %s", described(e));
            }
            LOG.debug("Because", e);
            inTrouble = true;
            troubledAt = System.nanoTime();
        } finally {
            pulse.rest();
        }
    }

    /** Kafka's exceptions quote nothing that is private; others may. */
    private static String described(Throwable thrown) {
        return thrown instanceof KafkaException
                ? thrown.toString()
                : thrown.getClass().getName();
    }

    /** Also when nothing is done: a server that has lost commits may have taken the other's place in silence. */
    private boolean isTimeToLook() {
        return System.nanoTime() - lookedAt > LOOK_EVERY.toNanos() && !begun.isEmpty();
    }

    private void resolveAll() throws SQLException {
        var kafka = group.partitions().stream().collect(Collectors.toMap(Partition::at, each -> each));
        pulse.beat();
        var recorded = positions.all();
        for (var each : List.copyOf(unresolved.entrySet())) {
            var partition = kafka.get(each.getKey().partition());
            // Of a topic that has just been deleted there is nothing to be read.
            if (partition != null) {
                resolve(each.getKey(), each.getValue(), partition, recorded.get(partition.at()));
            }
        }
    }

    private void resolve(Assignment assignment, Client client, Partition kafka, @Nullable Recorded recorded)
            throws SQLException {
        var interruption = assignment.interruption();
        if (interruption.isEmpty()) {
            begin(assignment, client, kafka, recorded);
        } else if (recorded != null && !recorded.topicId().equals(kafka.topicId())) {
            unresolved.remove(assignment);
            client.restart(assignment);
        } else {
            var found = interruption.get();
            var gap = StartingPosition.gap(kafka, found);
            if (gap.isEmpty() || gaps.mayPass(gap.get())) {
                unresolved.remove(assignment);
                // What is still there and was not handed over is read again: a poll may have failed half-way.
                client.resume(assignment, gap.isEmpty() && !found.seen() ? found.expected() : found.actual());
            }
        }
    }

    private void begin(Assignment assignment, Client client, Partition kafka, @Nullable Recorded recorded)
            throws SQLException {
        var start = StartingPosition.of(kafka, recorded);
        var gap = start.gap();
        if (gap != null && !gaps.mayPass(gap)) {
            return;
        }
        if (start.lostByDatabase()) {
            gaps.reread(kafka, start.at());
        }
        positions.own(kafka.at(), kafka.topicId(), start.at());
        assignment.limitSuspicion(kafka.end(), mostInMemory);
        var commit = kafka.commit();
        var isCommitted = commit != null
                && commit.metadata().equals(Position.MARK)
                && commit.offset() == start.at().offset();
        unresolved.remove(assignment);
        begun.put(assignment, new Reading(client, kafka.topicId()));
        client.begin(
                assignment,
                start.at(),
                isCommitted ? start.at().offset() : null,
                PartitionPositions.isAfterUncleanEnd(recorded));
    }

    /** Before Kafka hears of it. */
    private void write(Collection<Assignment> all, boolean release) throws SQLException {
        List<Held> held = new ArrayList<>();
        for (var each : all) {
            if (each.recorded().offset() >= 0) {
                held.add(new Held(each, each.recorded(), each.recordable().orElse(null)));
            }
        }
        if (held.isEmpty()) {
            return;
        }
        pulse.beat();
        var outcome = positions.write(held, release);
        for (var each : outcome.written()) {
            if (each.reached() != null) {
                each.assignment().recorded(each.reached());
            }
        }
        // At once: until the client restarts them they could be released, as if all of it were done here.
        outcome.lost().forEach(each -> each.assignment().giveUp());
        if (outcome.otherServer()) {
            // Whoever noticed: also those that are not among what was to be written.
            begun.keySet().forEach(Assignment::giveUp);
        }
        if (!outcome.lost().isEmpty()) {
            readAgain(outcome);
        }
    }

    private void readAgain(Outcome outcome) {
        LOG.warnf(
                "MySQL %s: what it may not know of %s is read again from Kafka, where it has been done it is not done twice",
                outcome.otherServer() ? "is another server than before, or was started anew" : "knows less than before",
                outcome.lost().stream()
                        .map(each -> each.assignment().toString())
                        .sorted()
                        .toList());
        // What was connected to the other server is not to work there any more.
        dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
        outcome.lost().forEach(each -> restart(each.assignment()));
        if (outcome.otherServer()) {
            List.copyOf(begun.keySet()).forEach(this::restart);
        }
    }

    private void restart(Assignment assignment) {
        var reading = begun.remove(assignment);
        if (reading != null) {
            reading.client.restart(assignment);
        }
    }

    /** A topic that was made anew may have more records than the old one had: reading it goes on as if nothing had been. */
    private void lookForRecreatedTopics() {
        var topicIds = group.partitions().stream().collect(Collectors.toMap(Partition::at, Partition::topicId));
        begun.forEach((assignment, reading) -> {
            var now = topicIds.get(assignment.partition());
            if (now != null && !now.equals(reading.topicId)) {
                restart(assignment);
            }
        });
    }
}
