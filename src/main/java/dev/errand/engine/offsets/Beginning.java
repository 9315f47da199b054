package dev.errand.engine.offsets;

import dev.errand.engine.offsets.ConsumerGroup.Partition;
import dev.errand.engine.offsets.PartitionPositions.Start;
import org.jspecify.annotations.Nullable;

/** An assignment whose starting position is known. */
record Beginning(PartitionOffsets assignment, Partition kafka, StartingPosition start) {

    Start taken() {
        return new Start(kafka.at(), kafka.topicId(), start.at());
    }

    /** The offset that Errand has committed to Kafka; null if there is none, or if it is not the starting position. */
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
