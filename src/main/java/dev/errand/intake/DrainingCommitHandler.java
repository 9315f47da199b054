package dev.errand.intake;

import dev.errand.work.Pulse;
import dev.errand.work.Vitals;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.IncomingKafkaRecord;
import io.smallrye.reactive.messaging.kafka.KafkaConnectorIncomingConfiguration;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import io.smallrye.reactive.messaging.kafka.commit.KafkaCommitHandler;
import io.vertx.mutiny.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Commits the offsets of what is settled, at intervals and whenever partitions leave; before they do, it lets their
 * running units of work end. See ADR 3 for why it does not build on the connector's {@code throttled} strategy.
 */
final class DrainingCommitHandler implements KafkaCommitHandler {

    private static final Logger LOG = Logger.getLogger(DrainingCommitHandler.class);
    private static final Duration LAST_COMMIT = Duration.ofSeconds(5);

    private final KafkaConsumer<?, ?> consumer;
    private final Vertx vertx;
    private final Assignments assignments;
    private final Engine engine;
    private final Vitals vitals;
    private final Pulse pulse;
    private final long timer;
    private final AtomicBoolean inTrouble = new AtomicBoolean();

    /** This consumer's own; used by its polling thread alone. */
    private final Map<TopicPartition, Assignment> mine = new HashMap<>();

    /** Makes the handler that {@code commit-strategy=errand} names. */
    @Singleton
    @Identifier("errand")
    static final class Factory implements KafkaCommitHandler.Factory {

        private final IntakeConfig config;
        private final Assignments assignments;
        private final Engine engine;
        private final Vitals vitals;

        @Inject
        Factory(IntakeConfig config, Assignments assignments, Engine engine, Vitals vitals) {
            this.config = config;
            this.assignments = assignments;
            this.engine = engine;
            this.vitals = vitals;
        }

        @Override
        public KafkaCommitHandler create(
                KafkaConnectorIncomingConfiguration channel,
                Vertx vertx,
                KafkaConsumer<?, ?> consumer,
                BiConsumer<Throwable, Boolean> reportFailure) {
            return new DrainingCommitHandler(channel.getChannel(), consumer, vertx, this);
        }
    }

    private DrainingCommitHandler(String channel, KafkaConsumer<?, ?> consumer, Vertx vertx, Factory parts) {
        this.consumer = consumer;
        this.vertx = vertx;
        this.assignments = parts.assignments;
        this.engine = parts.engine;
        this.vitals = parts.vitals;
        this.pulse = vitals.begin("The consumer of " + channel);
        this.timer = vertx.setPeriodic(parts.config.commitInterval().toMillis(), id -> commit());
        Handover.listen(consumer.configuration(), this::handedOver);
    }

    /** On the polling thread, at each poll. */
    private void handedOver(ConsumerRecords<?, ?> polled) {
        polled.nextOffsets().forEach((partition, next) -> {
            var assignment = mine.get(partition);
            if (assignment != null) {
                var records = polled.records(partition);
                if (records.isEmpty()) {
                    assignment.passedOver(next.offset());
                } else {
                    assignment.handedOver(
                            records.get(0).offset(),
                            records.get(records.size() - 1).offset(),
                            next.offset());
                }
            }
        });
    }

    /** On the polling thread, so that no partition can leave between reading its offset and sending it. */
    private void commit() {
        consumer.runOnPollingThread(this::commitSettled).subscribe().with(done -> {}, this::notYet);
    }

    private void commitSettled(Consumer<?, ?> client) {
        // Not when Kafka answers but when the thread has a turn: a consumer that was closed for a failure has none any
        // more.
        pulse.beat();
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

    /** What failed is in the next commit: an assignment remembers what it has committed. */
    private void notYet(Throwable failure) {
        // Tried at every interval: told once.
        if (inTrouble.compareAndSet(false, true)) {
            LOG.warnf("Offsets can't be committed yet: %s", failure.getMessage());
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committable(Collection<Assignment> of) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (var assignment : of) {
            assignment
                    .committable()
                    .ifPresent(offset -> offsets.put(assignment.partition(), new OffsetAndMetadata(offset)));
        }
        return offsets;
    }

    private static void committed(Collection<Assignment> of, Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (var assignment : of) {
            var offset = offsets.get(assignment.partition());
            if (offset != null) {
                assignment.committed(offset.offset());
            }
        }
    }

    /** On the polling thread. */
    @Override
    public void partitionsAssigned(Collection<TopicPartition> partitions) {
        var generation = consumer.unwrap().groupMetadata().generationId();
        for (var partition : partitions) {
            mine.put(partition, assignments.assigned(partition, generation));
        }
    }

    /** On the polling thread, where a commit may wait for its answer. Also for partitions that were lost. */
    @Override
    public void partitionsRevoked(Collection<TopicPartition> partitions) {
        var leaving =
                partitions.stream().map(mine::remove).filter(Objects::nonNull).toList();
        if (leaving.isEmpty()) {
            return;
        }
        leaving.forEach(assignments::revoked);
        engine.drainRevoked();
        var offsets = committable(leaving);
        if (!offsets.isEmpty()) {
            try {
                consumer.unwrap().commitSync(offsets, LAST_COMMIT);
            } catch (KafkaException e) {
                LOG.infof("Offsets of lost partitions could not be committed, the ledger knows: %s", e.getMessage());
            }
        }
    }

    /** When the channel ends, after the engine has stopped. */
    @Override
    public void terminate(boolean graceful) {
        vertx.cancelTimer(timer);
        vitals.forget(pulse);
        consumer.runOnPollingThread(client -> {
                    var offsets = committable(mine.values());
                    if (!offsets.isEmpty()) {
                        client.commitSync(offsets, LAST_COMMIT);
                    }
                })
                .await()
                .atMost(LAST_COMMIT.plus(LAST_COMMIT));
    }

    /** Never called: nothing acknowledges a message, deliveries settle their receipts. */
    @Override
    public <K, V> Uni<Void> handle(IncomingKafkaRecord<K, V> record) {
        return Uni.createFrom().failure(new IllegalStateException("Messages are settled, not acknowledged"));
    }
}
