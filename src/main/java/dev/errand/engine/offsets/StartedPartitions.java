package dev.errand.engine.offsets;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;

/** The assignments whose reading has begun, and who reads each. Thread-safe. */
final class StartedPartitions {

    private final Map<PartitionOffsets, Reading> started = new ConcurrentHashMap<>();

    /** Servers of MySQL that have taken another's place. */
    private final AtomicInteger failovers = new AtomicInteger();

    /** @param topicId Kafka's id of the topic that is read */
    private record Reading(PartitionReader reader, String topicId) {}

    /** How often {@link #giveUpAll} was called. */
    int failovers() {
        return failovers.get();
    }

    /**
     * @param topicId Kafka's id of the topic that is read
     * @param failoversBefore {@link #failovers} before MySQL was asked where to begin
     */
    void add(PartitionOffsets assignment, PartitionReader reader, String topicId, int failoversBefore) {
        started.put(assignment, new Reading(reader, topicId));
        if (failovers.get() != failoversBefore) {
            // Between what MySQL said and now: it was not among those to be given up.
            assignment.giveUp();
        }
    }

    List<PartitionOffsets> all() {
        return List.copyOf(started.keySet());
    }

    /** Those of these that have begun and were not removed. */
    List<PartitionOffsets> among(Collection<PartitionOffsets> assignments) {
        return assignments.stream().filter(started::containsKey).toList();
    }

    void remove(Collection<PartitionOffsets> leaving) {
        started.keySet().removeAll(leaving);
    }

    /** Another server is in MySQL's place: what was received before is not done there. */
    void giveUpAll() {
        failovers.incrementAndGet();
        started.keySet().forEach(PartitionOffsets::giveUp);
    }

    void restartGivenUp() {
        started.keySet().stream().filter(PartitionOffsets::isGivenUp).forEach(this::restart);
    }

    /**
     * A topic that was made anew may have more records than the old one had: reading it goes on as if nothing had been.
     *
     * @param topicIds as Kafka has them now
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
