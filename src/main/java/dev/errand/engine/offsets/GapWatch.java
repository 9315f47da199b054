package dev.errand.engine.offsets;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks for missing records of partitions that no process has: where all are paused for good, scaled to zero or down, nobody
 * else would tell before they start again. For one thread.
 */
@Singleton
public class GapWatch {

    private final PartitionPositions positions;
    private final GapReporter gaps;

    /** Without an owner at the last look: in a rebalance all partitions are, for a moment. */
    private Set<TopicPartition> unowned = Set.of();

    @Inject
    GapWatch(PartitionPositions positions, GapReporter gaps) {
        this.positions = positions;
        this.gaps = gaps;
    }

    /** @param group what Kafka has said of all partitions just now */
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
            // What nobody has ever read has no beginning that could be missing.
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
