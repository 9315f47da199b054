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
import java.util.concurrent.ExecutorService;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * The consumer of the channel of user actions. It is called on an event loop with the records of one poll after another, admits them
 * and never blocks. The connector requests the next records when the returned stage completes. So a full engine pauses Kafka's
 * consumer, which goes on polling and keeps its partitions.
 *
 * <p>A record without a key is read on Quarkus's worker pool first, because only its contents name its user. The records of a poll
 * are admitted in the order of the log in any case.
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
    private final KeylessUsers keylessUsers;
    private final ExecutorService workerPool;

    @Inject
    ActionConsumer(
            AssignedPartitions assignments,
            ActionReader reader,
            Engine engine,
            PauseGate pauseGate,
            KeylessUsers keylessUsers,
            ExecutorService workerPool) {
        this.assignments = assignments;
        this.reader = reader;
        this.engine = engine;
        this.pauseGate = pauseGate;
        this.keylessUsers = keylessUsers;
        this.workerPool = workerPool;
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
        List<KafkaInFlightRecord> records = new ArrayList<>();
        List<KafkaInFlightRecord> keyless = new ArrayList<>();
        for (var published : batch.getRecords()) {
            assignments
                    .received(new TopicPartition(published.topic(), published.partition()), published)
                    .map(handle -> new KafkaInFlightRecord(reader, handle, published))
                    .ifPresent(record -> {
                        records.add(record);
                        if (record.isKeyless()) {
                            keyless.add(record);
                        }
                    });
        }
        return keyless.isEmpty()
                ? admit(records)
                : CompletableFuture.runAsync(() -> keyless.forEach(this::findUser), workerPool)
                        .thenCompose(found -> admit(records));
    }

    /** Reads a record that has no key: only its contents tell behind which others it has to wait. */
    private void findUser(KafkaInFlightRecord record) {
        var position = record.position();
        keylessUsers.saw(record.user(), new TopicPartition(position.topic(), position.partition()));
    }

    private CompletionStage<Void> admit(List<KafkaInFlightRecord> records) {
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (var record : records) {
            var admitted = engine.admit(record).toCompletableFuture();
            if (!admitted.isDone()) {
                waiting.add(admitted);
            }
        }
        return CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new));
    }
}
