package dev.errand.intake;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/** The partitions that are this process's now, whichever of its consumers has them. Thread-safe. */
@Singleton
final class Assignments {

    private final Map<TopicPartition, Assignment> current = new ConcurrentHashMap<>();

    /** @param generation the group's generation that brought it */
    Assignment assigned(TopicPartition partition, int generation) {
        var assignment = new Assignment(partition, generation);
        var before = current.put(partition, assignment);
        if (before != null) {
            before.revoke();
        }
        return assignment;
    }

    /** From now on its waiting records are somebody else's; its running units of work may still settle records. */
    void revoked(Assignment assignment) {
        assignment.revoke();
        // Another consumer of this process may have the partition already: that assignment stays.
        current.remove(assignment.partition(), assignment);
    }

    /** @return empty if the record is left over from an assignment that has ended */
    Optional<Assignment.Receipt> received(TopicPartition partition, long offset, long timestamp, int generation) {
        var assignment = current.get(partition);
        return assignment == null || !assignment.covers(generation)
                ? Optional.empty()
                : Optional.of(assignment.received(offset, timestamp));
    }

    /** How far each is. */
    List<Assignment.Progress> progress() {
        return current.values().stream().map(Assignment::progress).toList();
    }
}
