package dev.errand.engine.intake;

import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.offsets.AssignedPartitions;
import dev.errand.engine.offsets.GapReporter;
import dev.errand.engine.offsets.LogPosition;
import dev.errand.engine.offsets.PartitionOffsets;
import dev.errand.engine.offsets.PartitionReader;
import dev.errand.engine.offsets.PositionKeeper;
import dev.errand.engine.workers.Engine;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.IncomingKafkaRecord;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import io.smallrye.reactive.messaging.kafka.commit.KafkaCommitHandler;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Commits the offsets of records that are done and recorded in MySQL, at intervals and when partitions are revoked. Before partitions
 * are given up, it lets their running units of work end. See ADR 3 for why it does not build on the connector's {@code throttled}
 * strategy, and ADR 13 for the positions in MySQL.
 */
final class DrainingCommitHandler implements KafkaCommitHandler, PartitionReader {

    private static final Logger LOG = Logger.getLogger(DrainingCommitHandler.class);
    private static final Duration LAST_COMMIT = Duration.ofSeconds(5);

    private final KafkaConsumer<?, ?> consumer;
    private final Vertx vertx;
    private final AssignedPartitions assignments;
    private final Engine engine;
    private final PositionKeeper keeper;
    private final GapReporter gaps;
    private final LivenessMonitor liveness;
    private final ReadContinuity continuity;
    private final ThreadHeartbeat heartbeat;
    private final long timer;
    private final AtomicBoolean inTrouble = new AtomicBoolean();

    /** This consumer's partitions; used by its polling thread only. */
    private final Map<TopicPartition, PartitionOffsets> mine = new HashMap<>();

    DrainingCommitHandler(
            String channel,
            KafkaConsumer<?, ?> consumer,
            Vertx vertx,
            Duration interval,
            AssignedPartitions assignments,
            Engine engine,
            PositionKeeper keeper,
            GapReporter gaps,
            LivenessMonitor liveness) {
        this.consumer = consumer;
        this.vertx = vertx;
        this.assignments = assignments;
        this.engine = engine;
        this.keeper = keeper;
        this.gaps = gaps;
        this.liveness = liveness;
        this.continuity = new ReadContinuity(consumer, mine, assignment -> keeper.resolve(assignment, this));
        this.heartbeat = liveness.begin("The consumer of " + channel);
        this.timer = vertx.setPeriodic(interval.toMillis(), id -> commit());
        PollInterceptor.listen(consumer.configuration(), continuity::received);
    }

    /** Commits on the polling thread, so that no partition can be revoked between reading its offset and sending it. */
    private void commit() {
        consumer.runOnPollingThread(client -> {
                    // Beats when the thread runs this, not when Kafka answers: a consumer that was closed after a
                    // failure runs nothing.
                    heartbeat.beat();
                    continuity.lookForBreaks(client);
                    commitRecorded(client);
                })
                .subscribe()
                .with(done -> {}, this::notYet);
    }

    private void commitRecorded(Consumer<?, ?> client) {
        var assigned = List.copyOf(mine.values());
        var offsets = committable(assigned);
        if (!offsets.isEmpty()) {
            client.commitAsync(offsets, (sent, failure) -> {
                if (failure == null) {
                    committed(assigned, sent);
                    if (inTrouble.compareAndSet(true, false)) {
                        LOG.info("Offsets are committed again");
                    }
                } else {
                    notYet(failure);
                }
            });
        }
    }

    /** The next commit includes the offsets of a failed one, because each partition remembers what it has committed. */
    private void notYet(Throwable failure) {
        // Logged once, although it is tried at every interval.
        if (inTrouble.compareAndSet(false, true)) {
            LOG.warnf("Offsets can't be committed for now: %s", failure.getMessage());
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committable(Collection<PartitionOffsets> of) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (var assignment : of) {
            assignment.committable().ifPresent(position -> offsets.put(assignment.partition(), position.marked()));
        }
        return offsets;
    }

    private static void committed(Collection<PartitionOffsets> of, Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (var assignment : of) {
            var offset = offsets.get(assignment.partition());
            if (offset != null) {
                assignment.committed(offset.offset());
            }
        }
    }

    /** Called on the polling thread. */
    @Override
    public void partitionsAssigned(Collection<TopicPartition> partitions) {
        for (var partition : partitions) {
            var assignment = assignments.assigned(partition);
            mine.put(partition, assignment);
            keeper.resolve(assignment, this);
        }
    }

    @Override
    public void begin(PartitionOffsets assignment, LogPosition start, @Nullable Long committed, boolean uncleanEnd) {
        onPollingThread(assignment, client -> {
            client.seek(
                    assignment.partition(),
                    new OffsetAndMetadata(start.offset(), Optional.ofNullable(start.leaderEpoch()), ""));
            assignment.begin(start, committed, uncleanEnd);
        });
    }

    @Override
    public void resume(PartitionOffsets assignment, long at) {
        onPollingThread(assignment, client -> {
            client.seek(assignment.partition(), at);
            assignment.resume(at);
        });
    }

    @Override
    public void restart(PartitionOffsets assignment) {
        onPollingThread(assignment, client -> {
            assignments.revoked(assignment);
            engine.dropAbandoned();
            partitionsAssigned(List.of(assignment.partition()));
        });
    }

    private void onPollingThread(PartitionOffsets assignment, java.util.function.Consumer<Consumer<?, ?>> todo) {
        consumer.runOnPollingThread(client -> {
                    if (mine.get(assignment.partition()) == assignment) {
                        todo.accept(client);
                    }
                })
                .subscribe()
                .with(done -> {}, failure -> LOG.errorf(failure, "Reading of %s could not be continued", assignment));
    }

    /** Called on the polling thread, where a commit may wait for its answer; also called for partitions that were lost. */
    @Override
    public void partitionsRevoked(Collection<TopicPartition> partitions) {
        var leaving =
                partitions.stream().map(mine::remove).filter(Objects::nonNull).toList();
        if (leaving.isEmpty()) {
            return;
        }
        leaving.forEach(assignments::revoked);
        partitions.forEach(gaps::forget);
        engine.drainRevoked();
        keeper.release(leaving, LAST_COMMIT);
        var offsets = committable(leaving);
        if (!offsets.isEmpty()) {
            try {
                consumer.unwrap().commitSync(offsets, LAST_COMMIT);
            } catch (KafkaException e) {
                LOG.infof(
                        "Offsets of revoked partitions could not be committed; the ledger recognizes actions that are read"
                                + " again: %s",
                        e.getMessage());
            }
        }
    }

    /** Called when the channel ends, after the engine has stopped. */
    @Override
    public void terminate(boolean graceful) {
        vertx.cancelTimer(timer);
        liveness.forget(heartbeat);
        consumer.runOnPollingThread(client -> {
                    keeper.release(List.copyOf(mine.values()), LAST_COMMIT);
                    var offsets = committable(mine.values());
                    if (!offsets.isEmpty()) {
                        client.commitSync(offsets, LAST_COMMIT);
                    }
                })
                .await()
                .atMost(LAST_COMMIT.multipliedBy(3));
    }

    /** Never called, because no message is acknowledged: records in flight complete their offset handles. */
    @Override
    public <K, V> Uni<Void> handle(IncomingKafkaRecord<K, V> record) {
        return Uni.createFrom().failure(new IllegalStateException("Messages are completed, not acknowledged"));
    }
}
