package dev.errand.engine.offsets;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The partitions that are this process's now, whichever of its consumers has them. Thread-safe. */
@Singleton
public final class AssignedPartitions {

    private final Map<TopicPartition, PartitionOffsets> current = new ConcurrentHashMap<>();

    /** A new one, in the place of one that was there. */
    public PartitionOffsets assigned(TopicPartition partition) {
        var assignment = new PartitionOffsets(partition);
        var before = current.put(partition, assignment);
        if (before != null) {
            before.revoke();
        }
        return assignment;
    }

    /** From now on its waiting records are somebody else's; its running units of work may still settle records. */
    public void revoked(PartitionOffsets assignment) {
        assignment.revoke();
        // Another consumer of this process may have the partition already: that assignment stays.
        current.remove(assignment.partition(), assignment);
    }

    /** @return empty if the record is left over from an assignment that has ended */
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

    /** All, in no order. */
    List<PartitionOffsets> all() {
        return List.copyOf(current.values());
    }

    /** How far each is. */
    public List<PartitionProgress> progress() {
        return current.values().stream().map(PartitionOffsets::progress).toList();
    }
}
