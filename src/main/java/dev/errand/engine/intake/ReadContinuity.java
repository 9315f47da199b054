package dev.errand.engine.intake;

import dev.errand.engine.offsets.LogPosition;
import dev.errand.engine.offsets.OffsetBreak;
import dev.errand.engine.offsets.PartitionOffsets;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Ensures that a consumer receives each partition's records without a gap. It examines the records of each poll, passes on those that
 * the partition is ready to receive, and interrupts the reading of a partition if records may be missing. For the consumer's polling
 * thread.
 */
final class ReadContinuity {

    private static final Logger LOG = Logger.getLogger(ReadContinuity.class);

    private final KafkaConsumer<?, ?> consumer;
    private final Map<TopicPartition, PartitionOffsets> assigned;
    private final Consumer<PartitionOffsets> onBreak;

    /**
     * @param assigned a live view of the consumer's partitions
     * @param onBreak is called with each partition that was interrupted, and has to find out where to go on reading
     */
    ReadContinuity(
            KafkaConsumer<?, ?> consumer,
            Map<TopicPartition, PartitionOffsets> assigned,
            Consumer<PartitionOffsets> onBreak) {
        this.consumer = consumer;
        this.assigned = assigned;
        this.onBreak = onBreak;
    }

    /**
     * Called with each poll.
     *
     * @return the records to receive
     */
    ConsumerRecords<byte[], byte[]> received(ConsumerRecords<byte[], byte[]> polled) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> received = new LinkedHashMap<>();
        polled.nextOffsets().forEach((partition, next) -> {
            var assignment = assigned.get(partition);
            var records = polled.records(partition);
            if (assignment != null && isReceived(assignment, records, LogPosition.of(next)) && !records.isEmpty()) {
                received.put(partition, records);
            }
        });
        return received.size() == polled.partitions().size()
                ? polled
                : new ConsumerRecords<>(received, polled.nextOffsets());
    }

    private boolean isReceived(
            PartitionOffsets assignment, List<? extends ConsumerRecord<?, ?>> records, LogPosition next) {
        if (!assignment.isReceiving()) {
            return false;
        }
        long from = records.isEmpty() ? next.offset() : records.get(0).offset();
        if (!isReadOn(assignment, from, next.offset())) {
            return false;
        }
        if (records.isEmpty()) {
            assignment.passedOver(next);
        } else {
            var last = records.get(records.size() - 1).offset();
            assignment.handedOver(records.get(0), from, last, next);
        }
        return true;
    }

    /** Returns whether no record is missing before this offset. If that is uncertain, it interrupts the partition. */
    private boolean isReadOn(PartitionOffsets assignment, long from, long next) {
        long expected = assignment.position();
        if (from == expected || (from > expected && logStart(assignment.partition(), next) <= expected)) {
            return true;
        }
        interrupt(assignment, new OffsetBreak(expected, from, true));
        return false;
    }

    private void interrupt(PartitionOffsets assignment, OffsetBreak where) {
        assignment.interrupt(where);
        onBreak.accept(assignment);
    }

    /**
     * Returns where the partition's log began at the last fetch, from the client's metric {@code records-lead}. Skipped offsets after
     * the log start are no records, such as transaction markers; those before it were deleted.
     *
     * @return {@link Long#MAX_VALUE} if the log start is not known
     */
    private long logStart(TopicPartition partition, long position) {
        var tags = Map.of(
                "client-id",
                String.valueOf(consumer.configuration().get(ConsumerConfig.CLIENT_ID_CONFIG)),
                "topic",
                partition.topic(),
                "partition",
                String.valueOf(partition.partition()));
        var lead = consumer.unwrap()
                .metrics()
                .get(new MetricName("records-lead", "consumer-fetch-manager-metrics", "", tags));
        return lead != null && lead.metricValue() instanceof Double ahead && !ahead.isNaN()
                ? position - ahead.longValue()
                : Long.MAX_VALUE;
    }

    /**
     * Interrupts partitions whose client position is not the expected one. If Kafka no longer has a position, the client resets it
     * silently, before any record shows that. If a poll failed half-way, the client's position is past records that it never returned.
     */
    void lookForBreaks(org.apache.kafka.clients.consumer.Consumer<?, ?> client) {
        for (var assignment : assigned.values()) {
            if (assignment.isReceiving()) {
                try {
                    var actual = client.position(assignment.partition(), Duration.ZERO);
                    var expected = assignment.position();
                    if (actual != expected) {
                        interrupt(assignment, new OffsetBreak(expected, actual, false));
                    }
                } catch (KafkaException | IllegalStateException positionIsBeingLookedUp) {
                    LOG.debugf("The position of %s is not known", assignment);
                }
            }
        }
    }
}
