package dev.errand.engine.offsets;

import org.jspecify.annotations.Nullable;

/** A Kafka consumer of this process; its methods do nothing for an assignment that has ended. Thread-safe. */
public interface PartitionReader {

    /**
     * Reads on there, from the beginning of the assignment.
     *
     * @param committed what Kafka has as committed by Errand; null where it has nothing, or something else
     * @param uncleanEnd whether the process that had the partition before ended without giving it back
     */
    void begin(PartitionOffsets assignment, LogPosition start, @Nullable Long committed, boolean uncleanEnd);

    /** Reads on there, in the middle of the assignment. */
    void resume(PartitionOffsets assignment, long at);

    /** Ends the assignment and makes another one of the partition. */
    void restart(PartitionOffsets assignment);
}
