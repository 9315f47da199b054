package dev.errand.engine.offsets;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The partitions that are assigned to this process now, over all of its Kafka consumers. Thread-safe. */
@Singleton
public final class AssignedPartitions {

    private final Map<TopicPartition, PartitionOffsets> current = new ConcurrentHashMap<>();

    /** Starts a new assignment of a partition; revokes the previous one if there is one. */
    public PartitionOffsets assigned(TopicPartition partition) {
        var assignment = new PartitionOffsets(partition);
        var before = current.put(partition, assignment);
        if (before != null) {
            before.revoke();
        }
        return assignment;
    }

    /** Ends an assignment: its queued records are left to the next owner, its running units of work may still complete records. */
    public void revoked(PartitionOffsets assignment) {
        assignment.revoke();
        // Another consumer of this process may already have been assigned the partition: that assignment stays.
        current.remove(assignment.partition(), assignment);
    }

    /** @return empty if the partition is not assigned, or the record is left over from an assignment that has ended */
    public Optional<PartitionOffsets.OffsetHandle> received(TopicPartition partition, ConsumerRecord<?, ?> record) {
        var assignment = current.get(partition);
        return assignment == null
                ? Optional.empty()
                : assignment.received(
                        record,
                        record.offset(),
                        record.timestamp(),
                        record.leaderEpoch().orElse(null));
    }

    /** All current assignments, in no particular order. */
    List<PartitionOffsets> all() {
        return List.copyOf(current.values());
    }

    /** The progress of each assigned partition, in no particular order. */
    public List<PartitionProgress> progress() {
        return current.values().stream().map(PartitionOffsets::progress).toList();
    }
}
