package dev.errand.engine.offsets;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A partition's time with this process: which of its records are being worked on, and so up to where all is done.
 *
 * <p>Records are received only between {@link #begin} and the end: until the {@link PositionKeeper} has found out where to begin,
 * and while it looks into a break in the offsets, what Kafka's client hands over is dropped, and read again afterwards.
 *
 * <p>An assignment is never revived. When a partition comes back, or has to be read again, it gets a new one, so that a record
 * left over from before can neither be taken for one of the new ones nor let an offset be committed too far.
 *
 * <p>Thread-safe. Records are received in the order of their offsets by one thread. Only what is unsettled is remembered,
 * so that one action that waits for long does not let memory grow behind it.
 */
public final class PartitionOffsets {

    private static final LogPosition NOWHERE = new LogPosition(-1, null);

    private final TopicPartition partition;

    /** By offset, in the order of receiving, which is the order of offsets. */
    private final Map<Long, OffsetHandle> incomplete = new LinkedHashMap<>();

    private boolean receiving;
    private boolean afterUncleanEnd;

    /** No record from there on can have been with the last owner. */
    private long suspectBefore = Long.MAX_VALUE;

    /** Actions to be done for the first time until all that the last owner had in memory has been among them. */
    private int toBeDone = Integer.MAX_VALUE;

    /** Units of work go on with its records although it leaves. */
    private boolean leftUnended;

    private @Nullable Break found;

    /** The first record that was handed over since the begin: what is received before it is left over. */
    private @Nullable Object first;

    private boolean joined;

    private long lastReceived = -1;
    private @Nullable Integer lastEpoch;

    /** The last record that Kafka's client handed over, whether it is here already or in the connector's queue. */
    private long lastHandedOver = -1;

    /** Where the client reads on: behind that record, and behind what is no record. */
    private LogPosition position = NOWHERE;

    /** Where it read on when all that it had handed over by then had been received. */
    private LogPosition positionOfReceived = position;

    /** The first record of a log that was truncated, while others of before may still be on their way; -1 without one. */
    private long cutAt = -1;

    /** What MySQL has. */
    private LogPosition recorded = position;

    /** What Kafka has; null where that is not known, or not marked as ours. */
    private @Nullable Long committed;

    private volatile boolean revoked;
    private volatile boolean givenUp;

    /** One record's place in the order. */
    public static final class OffsetHandle {
        private final PartitionOffsets assignment;
        private final long offset;
        private final long timestamp;
        private final @Nullable Integer epochBefore;
        private final boolean suspect;

        private OffsetHandle(
                PartitionOffsets assignment,
                long offset,
                long timestamp,
                @Nullable Integer epochBefore,
                boolean suspect) {
            this.assignment = assignment;
            this.offset = offset;
            this.timestamp = timestamp;
            this.epochBefore = epochBefore;
            this.suspect = suspect;
        }

        public long offset() {
            return offset;
        }

        public boolean revoked() {
            return assignment.revoked;
        }

        public TopicPartition partition() {
            return assignment.partition;
        }

        public void complete() {
            assignment.completed(this);
        }

        /** Whether the partition's last owner may have died of it. */
        public boolean suspect() {
            return suspect;
        }

        /** It was done for the first time, and not found to be done. */
        public void newlyDone() {
            assignment.newlyDone();
        }

        /** Work on it goes on although its partition leaves. */
        public void leaveUnended() {
            assignment.leaveUnended();
        }
    }

    /**
     * Kafka's client reads on elsewhere than it should.
     *
     * @param expected where it should
     * @param actual where it does
     * @param seen whether records were handed over from there: nothing was between then
     */
    public record Break(long expected, long actual, boolean seen) {}

    PartitionOffsets(TopicPartition partition) {
        this.partition = partition;
    }

    public TopicPartition partition() {
        return partition;
    }

    /**
     * From now on records are received.
     *
     * @param start where Kafka's client reads on; MySQL has that too
     * @param known what Kafka has as committed by Errand; null where it has nothing, or something else
     * @param uncleanEnd whether the process that had the partition before ended without giving it back
     */
    public synchronized void begin(LogPosition start, @Nullable Long known, boolean uncleanEnd) {
        position = start;
        recorded(start);
        committed = known;
        afterUncleanEnd = uncleanEnd;
        receiving = true;
    }

    /** Whether what the client hands over is to be received. */
    public synchronized boolean isReceiving() {
        return receiving && !revoked;
    }

    /** Where the client has to read on; only while {@link #isReceiving}. */
    public synchronized long position() {
        return position.offset();
    }

    /**
     * How far it is under suspicion, where its last owner ended without giving it back. Before {@link #begin}.
     *
     * @param logEnd the end of the log now
     * @param actions how many the last owner may have had in memory; those it had done are found to be done and do not count
     */
    synchronized void limitSuspicion(long logEnd, int actions) {
        suspectBefore = logEnd;
        toBeDone = actions;
    }

    private synchronized void newlyDone() {
        toBeDone--;
    }

    private synchronized void leaveUnended() {
        leftUnended = true;
    }

    /**
     * Whether the next owner has to be as careful as if this one had ended without giving it back: the guilty record may not have
     * had its turn yet, or its work goes on and shows no end.
     */
    synchronized boolean leavesSuspects() {
        var next = next();
        return leftUnended
                || isSuspect(next == null ? lastReceived : next.offset())
                || incomplete.values().stream().anyMatch(OffsetHandle::suspect);
    }

    private boolean isSuspect(long offset) {
        return afterUncleanEnd && offset < suspectBefore && toBeDone > 0;
    }

    /** The client reads on elsewhere: nothing is received until it is clear why. */
    public synchronized void interrupt(Break where) {
        found = where;
        receiving = false;
    }

    /** What it was interrupted for; empty where it was not. */
    synchronized Optional<Break> interruption() {
        return Optional.ofNullable(found);
    }

    /** It is clear why: what was handed over before is worked on as ever, and the client reads on there. */
    public synchronized void resume(long at) {
        position = new LogPosition(at, null);
        found = null;
        receiving = true;
    }

    /**
     * Kafka's client handed records over: they will be received, one by one.
     *
     * @param record the first of them
     */
    public synchronized void handedOver(Object record, long from, long to, LogPosition next) {
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

    /** The partition's log was truncated, and what was known of it from there on is void. */
    private void startAgain(long from) {
        incomplete.keySet().removeIf(offset -> offset >= from);
        lastReceived = -1;
        lastEpoch = null;
        positionOfReceived = new LogPosition(from, null);
        cutAt = -1;
    }

    /** Kafka's client read on and found nothing but what is no record, such as the end of a transaction. */
    public synchronized void passedOver(LogPosition next) {
        position = next;
    }

    /**
     * @param record as it was handed over
     * @param timestamp the record's, in milliseconds since 1970
     * @param epoch the record's leader epoch, if it is known
     * @return empty where it is left over from before
     */
    synchronized Optional<OffsetHandle> received(Object record, long offset, long timestamp, @Nullable Integer epoch) {
        if (revoked || (!joined && record != first)) {
            return Optional.empty();
        }
        if (!joined) {
            joined = true;
            lastEpoch = positionOfReceived.leaderEpoch();
        }
        if (offset == cutAt || offset <= lastReceived) {
            startAgain(offset);
        }
        var handle = new OffsetHandle(this, offset, timestamp, lastEpoch, isSuspect(offset));
        lastReceived = offset;
        lastEpoch = epoch;
        incomplete.put(offset, handle);
        return Optional.of(handle);
    }

    private synchronized void completed(OffsetHandle handle) {
        // Not another record of the same offset, from after the log was truncated.
        incomplete.remove(handle.offset, handle);
    }

    /** Up to where all is received and settled, where MySQL does not have that yet. */
    synchronized Optional<LogPosition> recordable() {
        var reached = next();
        return !hasBegun() || reached == null || reached.offset() == recorded.offset()
                ? Optional.empty()
                : Optional.of(reached);
    }

    private boolean hasBegun() {
        return recorded.offset() >= 0;
    }

    /** What MySQL has. */
    synchronized LogPosition recorded() {
        return recorded;
    }

    /** MySQL has it now. */
    synchronized void recorded(LogPosition reached) {
        if (!givenUp) {
            recorded = reached;
        }
    }

    /** What MySQL has and Kafka does not have yet. */
    public synchronized Optional<LogPosition> committable() {
        return !hasBegun() || (committed != null && committed == recorded.offset())
                ? Optional.empty()
                : Optional.of(recorded);
    }

    /** Kafka has it now. */
    public synchronized void committed(long offset) {
        committed = offset;
    }

    private @Nullable LogPosition next() {
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

    /**
     * How far an assignment is.
     *
     * @param next the offset up to which all is settled; -1 while that is not known
     * @param unfinished records received and not settled
     * @param oldest the timestamp of the first of them, in milliseconds since 1970; empty without any
     * @param receiving whether records are received
     */
    public record Progress(
            TopicPartition partition, long next, int unfinished, OptionalLong oldest, boolean receiving) {}

    synchronized Progress progress() {
        var next = next();
        return new Progress(
                partition,
                next == null ? -1 : next.offset(),
                incomplete.size(),
                incomplete.isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(incomplete.values().iterator().next().timestamp),
                receiving);
    }

    /** From now on its waiting records are somebody else's. */
    void revoke() {
        revoked = true;
    }

    /** What was done of it may be lost: nothing of it is recorded or committed any more. */
    synchronized void giveUp() {
        givenUp = true;
        revoked = true;
        recorded = NOWHERE;
    }

    boolean isRevoked() {
        return revoked;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    @Override
    public String toString() {
        return partition.toString();
    }
}
