package dev.errand.engine.offsets;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;

/** The assignments that this process has started to read, each with its reader. Thread-safe. */
final class StartedPartitions {

    private final Map<PartitionOffsets, Reading> started = new ConcurrentHashMap<>();

    /** How many times MySQL has failed over to another server. */
    private final AtomicInteger failovers = new AtomicInteger();

    /** @param topicId Kafka's id of the topic that is read */
    private record Reading(PartitionReader reader, String topicId) {}

    /** How many times {@link #giveUpAll} was called. */
    int failovers() {
        return failovers.get();
    }

    /**
     * Adds an assignment; gives it up at once if MySQL has failed over since its starting position was read.
     *
     * @param topicId Kafka's id of the topic that is read
     * @param failoversBefore {@link #failovers} before the starting position was read from MySQL
     */
    void add(PartitionOffsets assignment, PartitionReader reader, String topicId, int failoversBefore) {
        started.put(assignment, new Reading(reader, topicId));
        if (failovers.get() != failoversBefore) {
            // The failover came before the assignment was added, so giveUpAll did not see it.
            assignment.giveUp();
        }
    }

    List<PartitionOffsets> all() {
        return List.copyOf(started.keySet());
    }

    /** Those of the given assignments that were added and not removed. */
    List<PartitionOffsets> among(Collection<PartitionOffsets> assignments) {
        return assignments.stream().filter(started::containsKey).toList();
    }

    void remove(Collection<PartitionOffsets> leaving) {
        started.keySet().removeAll(leaving);
    }

    /** Gives up all assignments because MySQL has failed over: records received before must not be processed there. */
    void giveUpAll() {
        failovers.incrementAndGet();
        started.keySet().forEach(PartitionOffsets::giveUp);
    }

    void restartGivenUp() {
        started.keySet().stream().filter(PartitionOffsets::isGivenUp).forEach(this::restart);
    }

    /**
     * Restarts the assignments whose topic was deleted and created again. The consumer itself may not notice: if the new topic has
     * more records than the old one had, it simply reads on.
     *
     * @param topicIds Kafka's current topic id of each partition
     */
    void restartRecreated(Map<TopicPartition, String> topicIds) {
        started.forEach((assignment, reading) -> {
            var now = topicIds.get(assignment.partition());
            if (now != null && !now.equals(reading.topicId)) {
                restart(assignment);
            }
        });
    }

    private void restart(PartitionOffsets assignment) {
        var reading = started.remove(assignment);
        if (reading != null) {
            reading.reader.restart(assignment);
        }
    }
}
