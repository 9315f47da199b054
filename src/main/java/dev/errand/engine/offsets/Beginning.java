package dev.errand.engine.offsets;

import dev.errand.engine.offsets.ConsumerGroup.Partition;
import dev.errand.engine.offsets.PartitionPositions.Start;
import org.jspecify.annotations.Nullable;

/** An assignment of which it is known where to begin. */
record Beginning(PartitionOffsets assignment, Partition kafka, StartingPosition start) {

    Start taken() {
        return new Start(kafka.at(), kafka.topicId(), start.at());
    }

    /** What Kafka has as committed by Errand; null where it has nothing, or something else. */
    @Nullable
    Long committed() {
        var commit = kafka.commit();
        return commit != null
                        && commit.metadata().equals(LogPosition.MARK)
                        && commit.offset() == start.at().offset()
                ? commit.offset()
                : null;
    }
}
