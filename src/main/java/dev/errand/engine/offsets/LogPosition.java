package dev.errand.engine.offsets;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A place in a partition's log.
 *
 * @param offset of the next record to be read
 * @param leaderEpoch the leader epoch of the record before it, by which Kafka finds out that the log was truncated; null where
 *     it is not known
 */
public record LogPosition(long offset, @Nullable Integer leaderEpoch) {

    /**
     * Marks committed offsets as Errand's own: each of them was written into MySQL before. What tools commit is without it, and
     * is an operator's will.
     */
    static final String MARK = "errand";

    public static LogPosition of(OffsetAndMetadata offset) {
        return new LogPosition(offset.offset(), offset.leaderEpoch().orElse(null));
    }

    /** As it is committed to Kafka. */
    public OffsetAndMetadata marked() {
        return new OffsetAndMetadata(offset, Optional.ofNullable(leaderEpoch), MARK);
    }
}
