package dev.errand.engine.offsets;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of a partition that were handed over, received and completed, and so up to where all is done. Under the lock of its
 * {@link PartitionOffsets}.
 */
final class OffsetSequence {

    /** By offset, in the order of receiving, which is the order of offsets. */
    private final Map<Long, Place> incomplete = new LinkedHashMap<>();

    /** The first record that was handed over since the begin: what is received before it is left over. */
    private @Nullable Object first;

    private boolean joined;

    private long lastReceived = -1;
    private @Nullable Integer lastEpoch;

    /** The last record that Kafka's client handed over, whether it is here already or in the connector's queue. */
    private long lastHandedOver = -1;

    /** Where the client reads on: behind that record, and behind what is no record. */
    private LogPosition position = new LogPosition(-1, null);

    /** Where it read on when all that it had handed over by then had been received. */
    private LogPosition positionOfReceived = position;

    /** The first record of a log that was truncated, while others of before may still be on their way; -1 without one. */
    private long cutAt = -1;

    /** A record that was received. Not a record of Java's: another one of the same offset, after a truncation, is not the same. */
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

    /** The client reads on there, and nothing is missing before. */
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

    /** @return empty where it is left over from before the begin */
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

    /** The partition's log was truncated, and what was known of it from there on is void. */
    private void startAgain(long from) {
        incomplete.keySet().removeIf(offset -> offset >= from);
        lastReceived = -1;
        lastEpoch = null;
        positionOfReceived = new LogPosition(from, null);
        cutAt = -1;
    }

    void completed(Place place) {
        // Not another record of the same offset, from after the log was truncated.
        incomplete.remove(place.offset, place);
    }

    /** Up to where all is received and completed; null while that is not known. */
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
            // With none on its way, what is left before the position is no record, and would be lag for ever.
            return position;
        }
        return lastReceived + 1 > positionOfReceived.offset()
                ? new LogPosition(lastReceived + 1, lastEpoch)
                : positionOfReceived;
    }

    /** The last record received; -1 without one. */
    long lastReceived() {
        return lastReceived;
    }

    /** How many are received and not completed. */
    int unfinished() {
        return incomplete.size();
    }

    boolean hasUnfinishedSuspect() {
        return incomplete.values().stream().anyMatch(Place::suspect);
    }

    /** The timestamp of the first of them, in milliseconds since 1970; empty without any. */
    OptionalLong oldestTimestamp() {
        return incomplete.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(incomplete.values().iterator().next().timestamp);
    }
}
