package dev.errand.engine.intake;

import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.offsets.AssignedPartitions;
import dev.errand.engine.offsets.GapReporter;
import dev.errand.engine.offsets.IntakeConfig;
import dev.errand.engine.offsets.PositionKeeper;
import dev.errand.engine.workers.Engine;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConnectorIncomingConfiguration;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import io.smallrye.reactive.messaging.kafka.commit.KafkaCommitHandler;
import io.vertx.mutiny.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.BiConsumer;

/** Creates the commit handlers of {@code commit-strategy=errand}, one for each Kafka consumer. */
@Singleton
@Identifier("errand")
final class DrainingCommitHandlerFactory implements KafkaCommitHandler.Factory {

    private final IntakeConfig config;
    private final AssignedPartitions assignments;
    private final Engine engine;
    private final PositionKeeper keeper;
    private final GapReporter gaps;
    private final LivenessMonitor liveness;

    @Inject
    DrainingCommitHandlerFactory(
            IntakeConfig config,
            AssignedPartitions assignments,
            Engine engine,
            PositionKeeper keeper,
            GapReporter gaps,
            LivenessMonitor liveness) {
        this.config = config;
        this.assignments = assignments;
        this.engine = engine;
        this.keeper = keeper;
        this.gaps = gaps;
        this.liveness = liveness;
    }

    @Override
    public KafkaCommitHandler create(
            KafkaConnectorIncomingConfiguration channel,
            Vertx vertx,
            KafkaConsumer<?, ?> consumer,
            BiConsumer<Throwable, Boolean> reportFailure) {
        return new DrainingCommitHandler(
                channel.getChannel(),
                consumer,
                vertx,
                config.commitInterval(),
                assignments,
                engine,
                keeper,
                gaps,
                liveness);
    }
}
