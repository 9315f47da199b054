package dev.errand.engine.offsets;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks for missing records in partitions that are not assigned: while all processes are paused, scaled to zero or down, no
 * consumer would find the gap before they start again. For one thread only.
 */
@Singleton
public class GapWatch {

    private final PartitionPositions positions;
    private final GapReporter gaps;

    /** The partitions without an owner at the last look; one look is not enough, as a rebalance leaves all without one for a moment. */
    private Set<TopicPartition> unowned = Set.of();

    @Inject
    GapWatch(PartitionPositions positions, GapReporter gaps) {
        this.positions = positions;
        this.gaps = gaps;
    }

    /**
     * Reports the gaps of those partitions that had no owner at the last look either.
     *
     * @param group all partitions as Kafka has just described them
     */
    public void look(List<ConsumerGroup.Partition> group) throws SQLException {
        Set<TopicPartition> now = new HashSet<>();
        for (var partition : group) {
            if (partition.host() == null) {
                now.add(partition.at());
            }
        }
        var before = unowned;
        unowned = now;
        now = new HashSet<>(now);
        now.retainAll(before);
        if (now.isEmpty()) {
            return;
        }
        var recorded = positions.all().partitions();
        for (var partition : group) {
            // A partition that was never read has no position before which records could be missing.
            if (now.contains(partition.at()) && (partition.commit() != null || recorded.containsKey(partition.at()))) {
                var gap = StartingPosition.of(partition, recorded.get(partition.at()))
                        .gap();
                if (gap != null) {
                    gaps.tell(gap);
                }
            }
        }
    }
}
