package dev.errand.engine.intake;

import dev.errand.engine.offsets.AssignedPartitions;
import dev.errand.engine.record.ActionReader;
import dev.errand.engine.workers.Engine;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * The consumer of the channel of user actions. It is called on an event loop with the records of one poll after another, admits them
 * and never blocks. The connector requests the next records when the returned stage completes. So a full engine pauses Kafka's
 * consumer, which goes on polling and keeps its partitions.
 *
 * <p>It receives whole polls, because the connector's handling of single messages took a sixth of all CPU. It acknowledges nothing:
 * each record completes its own offset handle.
 */
@Singleton
final class ActionConsumer {

    private final AssignedPartitions assignments;
    private final ActionReader reader;
    private final Engine engine;
    private final PauseGate pauseGate;
    private final KeylessUsers keyless;

    @Inject
    ActionConsumer(
            AssignedPartitions assignments,
            ActionReader reader,
            Engine engine,
            PauseGate pauseGate,
            KeylessUsers keyless) {
        this.assignments = assignments;
        this.reader = reader;
        this.engine = engine;
        this.pauseGate = pauseGate;
        this.keyless = keyless;
    }

    @Incoming("user-actions")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    CompletionStage<Void> receive(Message<List<byte[]>> polled) {
        @SuppressWarnings("unchecked") // the channel is configured with byte array deserializers
        IncomingKafkaRecordBatchMetadata<byte[], byte[]> batch = polled.getMetadata(
                        IncomingKafkaRecordBatchMetadata.class)
                .orElseThrow(() -> new IllegalStateException("The channel user-actions is not connected to Kafka"));
        return pauseGate.opened().thenCompose(open -> admit(batch));
    }

    private CompletionStage<Void> admit(IncomingKafkaRecordBatchMetadata<byte[], byte[]> batch) {
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (var record : batch.getRecords()) {
            var admitted = admit(record);
            if (!admitted.isDone()) {
                waiting.add(admitted);
            }
        }
        return CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> admit(ConsumerRecord<byte[], byte[]> record) {
        var partition = new TopicPartition(record.topic(), record.partition());
        var handle = assignments.received(partition, record);
        if (handle.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        var delivery = new KafkaInFlightRecord(reader, handle.get(), record);
        if (record.key() == null || record.key().length == 0) {
            keyless.saw(delivery.user(), partition);
        }
        return engine.admit(delivery).toCompletableFuture();
    }
}
