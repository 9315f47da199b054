package dev.errand.engine.offsets;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which offsets of a partition were handed over, received and completed, and so up to which offset all records are done. Guarded
 * by the lock of its {@link PartitionOffsets}.
 */
final class OffsetSequence {

    /** Keyed by offset, in the order in which the records were received, which is the order of their offsets. */
    private final Map<Long, Place> incomplete = new LinkedHashMap<>();

    /** The first record that was handed over; a record received before it is left over from an earlier assignment. */
    private @Nullable Object first;

    private boolean joined;

    private long lastReceived = -1;
    private @Nullable Integer lastEpoch;

    /** The offset of the last record that Kafka's client handed over, whether it was received or is in the connector's queue. */
    private long lastHandedOver = -1;

    /** Where the client reads on: after that record, and after offsets that hold no record, such as transaction markers. */
    private LogPosition position = new LogPosition(-1, null);

    /** The last {@link #position} at which every record handed over so far had been received. */
    private LogPosition positionOfReceived = position;

    /** Where a truncated log starts again, until its first new record is received; -1 if it was not truncated. */
    private long cutAt = -1;

    /** A received record. Compared by identity: after a truncation, another record can have the same offset. */
    static final class Place {

        private final long offset;
        private final long timestamp;
        private final @Nullable Integer epochBefore;
        private final boolean suspect;

        private Place(long offset, long timestamp, @Nullable Integer epochBefore, boolean suspect) {
            this.offset = offset;
            this.timestamp = timestamp;
            this.epochBefore = epochBefore;
            this.suspect = suspect;
        }

        long offset() {
            return offset;
        }

        boolean suspect() {
            return suspect;
        }
    }

    /** Where the client reads on. */
    LogPosition position() {
        return position;
    }

    /** Sets where the client reads on; no record before it is missing. */
    void begin(LogPosition at) {
        position = at;
    }

    void handedOver(Object record, long from, long to, LogPosition next) {
        if (first == null) {
            first = record;
        }
        if (from <= lastHandedOver) {
            cutAt = from;
        } else if (lastReceived == lastHandedOver) {
            positionOfReceived = position;
        }
        lastHandedOver = to;
        position = next;
    }

    void passedOver(LogPosition next) {
        position = next;
    }

    /** @return empty if the record is left over from an earlier assignment */
    Optional<Place> received(Object record, long offset, long timestamp, @Nullable Integer epoch, boolean suspect) {
        if (!joined && record != first) {
            return Optional.empty();
        }
        if (!joined) {
            joined = true;
            lastEpoch = positionOfReceived.leaderEpoch();
        }
        if (offset == cutAt || offset <= lastReceived) {
            startAgain(offset);
        }
        var place = new Place(offset, timestamp, lastEpoch, suspect);
        lastReceived = offset;
        lastEpoch = epoch;
        incomplete.put(offset, place);
        return Optional.of(place);
    }

    /** Discards what is known of the log from this offset on, because the log was truncated there. */
    private void startAgain(long from) {
        incomplete.keySet().removeIf(offset -> offset >= from);
        lastReceived = -1;
        lastEpoch = null;
        positionOfReceived = new LogPosition(from, null);
        cutAt = -1;
    }

    void completed(Place place) {
        // Only this one: after a truncation another record may have the same offset.
        incomplete.remove(place.offset, place);
    }

    /** The position before which every record is received and completed; null while that is not known. */
    @Nullable
    LogPosition next() {
        if (cutAt >= 0) {
            return null;
        }
        if (!incomplete.isEmpty()) {
            var oldest = incomplete.values().iterator().next();
            return new LogPosition(oldest.offset, oldest.epochBefore);
        }
        if (lastReceived == lastHandedOver) {
            // The connector's queue is empty, so the offsets left before the position hold no records. Without
            // this they would remain as consumer lag for ever.
            return position;
        }
        return lastReceived + 1 > positionOfReceived.offset()
                ? new LogPosition(lastReceived + 1, lastEpoch)
                : positionOfReceived;
    }

    /** The offset of the last record received; -1 if there is none. */
    long lastReceived() {
        return lastReceived;
    }

    /** How many records are received and not completed. */
    int unfinished() {
        return incomplete.size();
    }

    boolean hasUnfinishedSuspect() {
        return incomplete.values().stream().anyMatch(Place::suspect);
    }

    /** The timestamp of the first incomplete record, in milliseconds since 1970; empty if there is none. */
    OptionalLong oldestTimestamp() {
        return incomplete.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(incomplete.values().iterator().next().timestamp);
    }
}
