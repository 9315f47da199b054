package dev.errand.engine.offsets;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A position in a partition's log.
 *
 * @param offset the offset of the next record to be read
 * @param leaderEpoch the leader epoch of the record before it, by which Kafka detects that the log was truncated; null if it is
 *     not known
 */
public record LogPosition(long offset, @Nullable Integer leaderEpoch) {

    /**
     * The metadata of offsets that Errand commits; each was written to MySQL first. An offset that a tool commits lacks this mark,
     * and is taken as set on purpose by an operator.
     */
    static final String MARK = "errand";

    public static LogPosition of(OffsetAndMetadata offset) {
        return new LogPosition(offset.offset(), offset.leaderEpoch().orElse(null));
    }

    /** The position as Errand commits it to Kafka. */
    public OffsetAndMetadata marked() {
        return new OffsetAndMetadata(offset, Optional.ofNullable(leaderEpoch), MARK);
    }
}
