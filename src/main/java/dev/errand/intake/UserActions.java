package dev.errand.intake;

import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * The channel of user actions. Called for one record after another on an event loop: it admits and never waits. The
 * connector asks for the next record when the returned stage completes, so a full engine pauses Kafka's consumer, which
 * goes on polling and keeps its partitions.
 */
@Singleton
final class UserActions {

    private final Assignments assignments;
    private final ActionReader reader;
    private final Engine engine;

    @Inject
    UserActions(Assignments assignments, ActionReader reader, Engine engine) {
        this.assignments = assignments;
        this.reader = reader;
        this.engine = engine;
    }

    @Incoming("user-actions")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    CompletionStage<Void> receive(Message<byte[]> message) {
        @SuppressWarnings("unchecked") // the channel's deserialisers say so
        IncomingKafkaRecordMetadata<byte[], byte[]> record = message.getMetadata(IncomingKafkaRecordMetadata.class)
                .orElseThrow(() -> new IllegalStateException("The channel user-actions is not connected to Kafka"));
        var receipt = assignments.received(
                new TopicPartition(record.getTopic(), record.getPartition()),
                record.getOffset(),
                record.getConsumerGroupGenerationId());
        if (receipt.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        return engine.admit(new KafkaDelivery(reader, receipt.get(), record.getRecord()));
    }
}
