package dev.errand.engine.offsets;

import org.jspecify.annotations.Nullable;

/** A Kafka consumer of this process. Its methods do nothing for an assignment that has ended. Thread-safe. */
public interface PartitionReader {

    /**
     * Starts to read a new assignment at {@code start}.
     *
     * @param committed the offset that Errand has committed to Kafka; null if there is none, or another one
     * @param uncleanEnd whether the partition's last owner ended without giving it back, or left suspects
     */
    void begin(PartitionOffsets assignment, LogPosition start, @Nullable Long committed, boolean uncleanEnd);

    /** Reads on at this offset, after {@link PartitionOffsets#interrupt}. */
    void resume(PartitionOffsets assignment, long at);

    /** Ends the assignment and starts a new one of the same partition. */
    void restart(PartitionOffsets assignment);
}
