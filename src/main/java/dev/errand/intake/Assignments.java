package dev.errand.intake;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The partitions that are this process's now. Thread-safe. */
@Singleton
final class Assignments {

    private final Map<TopicPartition, Assignment> current = new ConcurrentHashMap<>();

    /** @param generation the group's generation that brought them */
    void assigned(Collection<TopicPartition> partitions, int generation) {
        for (var partition : partitions) {
            var before = current.put(partition, new Assignment(partition, generation));
            if (before != null) {
                before.revoke();
            }
        }
    }

    /**
     * From now on their waiting records are somebody else's.
     *
     * @return the assignments that have ended; their running units of work may still settle records
     */
    Collection<Assignment> revoked(Collection<TopicPartition> partitions) {
        return partitions.stream()
                .map(current::remove)
                .filter(java.util.Objects::nonNull)
                .peek(Assignment::revoke)
                .toList();
    }

    Collection<Assignment> all() {
        return current.values();
    }

    /** @return empty if the record is left over from an assignment that has ended */
    Optional<Assignment.Receipt> received(TopicPartition partition, long offset, int generation) {
        var assignment = current.get(partition);
        return assignment == null || !assignment.covers(generation)
                ? Optional.empty()
                : Optional.of(assignment.received(offset));
    }

    /** What may be committed now. */
    static Map<TopicPartition, OffsetAndMetadata> committable(Collection<Assignment> assignments) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (var assignment : assignments) {
            assignment
                    .committable()
                    .ifPresent(offset -> offsets.put(assignment.partition(), new OffsetAndMetadata(offset)));
        }
        return offsets;
    }
}
