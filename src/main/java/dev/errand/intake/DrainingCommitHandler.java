package dev.errand.intake;

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
import java.util.Map;
import java.util.function.BiConsumer;
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
    private final long timer;

    /** Makes the handler that {@code commit-strategy=errand} names. */
    @Singleton
    @Identifier("errand")
    static final class Factory implements KafkaCommitHandler.Factory {

        private final IntakeConfig config;
        private final Assignments assignments;
        private final Engine engine;

        @Inject
        Factory(IntakeConfig config, Assignments assignments, Engine engine) {
            this.config = config;
            this.assignments = assignments;
            this.engine = engine;
        }

        @Override
        public KafkaCommitHandler create(
                KafkaConnectorIncomingConfiguration channel,
                Vertx vertx,
                KafkaConsumer<?, ?> consumer,
                BiConsumer<Throwable, Boolean> reportFailure) {
            return new DrainingCommitHandler(consumer, vertx, config.commitInterval(), assignments, engine);
        }
    }

    private DrainingCommitHandler(
            KafkaConsumer<?, ?> consumer, Vertx vertx, Duration interval, Assignments assignments, Engine engine) {
        this.consumer = consumer;
        this.vertx = vertx;
        this.assignments = assignments;
        this.engine = engine;
        this.timer = vertx.setPeriodic(interval.toMillis(), id -> commit());
    }

    private void commit() {
        var settled = Assignments.committable(assignments.all());
        if (!settled.isEmpty()) {
            // What fails here is in the next commit: an assignment remembers what it has committed.
            consumer.commitAsync(settled)
                    .subscribe()
                    .with(
                            done -> committed(settled),
                            failure -> LOG.infof("Offsets could not be committed yet: %s", failure.getMessage()));
        }
    }

    private void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (var assignment : assignments.all()) {
            var offset = offsets.get(assignment.partition());
            if (offset != null) {
                assignment.committed(offset.offset());
            }
        }
    }

    /** On the polling thread. */
    @Override
    public void partitionsAssigned(Collection<TopicPartition> partitions) {
        assignments.assigned(partitions, consumer.unwrap().groupMetadata().generationId());
    }

    /** On the polling thread, where a commit may wait for its answer. */
    @Override
    public void partitionsRevoked(Collection<TopicPartition> partitions) {
        var leaving = assignments.revoked(partitions);
        if (leaving.isEmpty()) {
            return;
        }
        engine.drainRevoked();
        var settled = Assignments.committable(leaving);
        if (!settled.isEmpty()) {
            try {
                consumer.unwrap().commitSync(settled, LAST_COMMIT);
            } catch (KafkaException e) {
                LOG.infof("Offsets of lost partitions could not be committed, the ledger knows: %s", e.getMessage());
            }
        }
    }

    /** When the channel ends, after the engine has stopped. */
    @Override
    public void terminate(boolean graceful) {
        vertx.cancelTimer(timer);
        var settled = Assignments.committable(assignments.all());
        if (!settled.isEmpty()) {
            consumer.commit(settled).await().atMost(LAST_COMMIT);
        }
    }

    /** Never called: nothing acknowledges a message, deliveries settle their receipts. */
    @Override
    public <K, V> Uni<Void> handle(IncomingKafkaRecord<K, V> record) {
        return Uni.createFrom().failure(new IllegalStateException("Messages are settled, not acknowledged"));
    }
}
