package dev.errand.engine.offsets;

import java.util.Optional;
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

    private final OffsetSequence sequence = new OffsetSequence();
    private final Suspicion suspicion = new Suspicion();

    private boolean receiving;
    private @Nullable OffsetBreak found;

    /** What MySQL has. */
    private LogPosition recorded = NOWHERE;

    /** What Kafka has; null where that is not known, or not marked as ours. */
    private @Nullable Long committed;

    private volatile boolean revoked;
    private volatile boolean givenUp;

    /** One record's place in the order of its partition's records. Thread-safe. */
    public static final class OffsetHandle {

        private final PartitionOffsets offsets;
        private final OffsetSequence.Place place;

        private OffsetHandle(PartitionOffsets offsets, OffsetSequence.Place place) {
            this.offsets = offsets;
            this.place = place;
        }

        public long offset() {
            return place.offset();
        }

        public boolean revoked() {
            return offsets.revoked;
        }

        public TopicPartition partition() {
            return offsets.partition;
        }

        public void complete() {
            offsets.completed(place);
        }

        /** Whether the partition's last owner may have died of it. */
        public boolean suspect() {
            return place.suspect();
        }

        /** It was done for the first time, and not found to be done. */
        public void newlyDone() {
            offsets.newlyDone();
        }

        /** Work on it goes on although its partition leaves. */
        public void leaveUnended() {
            offsets.leaveUnended();
        }
    }

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
        sequence.begin(start);
        recorded(start);
        committed = known;
        suspicion.begin(uncleanEnd);
        receiving = true;
    }

    /** Whether what the client hands over is to be received. */
    public synchronized boolean isReceiving() {
        return receiving && !revoked;
    }

    /** Where the client has to read on; only while {@link #isReceiving}. */
    public synchronized long position() {
        return sequence.position().offset();
    }

    /**
     * How far it is under suspicion, where its last owner ended without giving it back. Before {@link #begin}.
     *
     * @param logEnd the end of the log now
     * @param actions how many the last owner may have had in memory; those it had done are found to be done and do not count
     */
    synchronized void limitSuspicion(long logEnd, int actions) {
        suspicion.limit(logEnd, actions);
    }

    private synchronized void newlyDone() {
        suspicion.newlyDone();
    }

    private synchronized void leaveUnended() {
        suspicion.leaveUnended();
    }

    /**
     * Whether the next owner has to be as careful as if this one had ended without giving it back: the guilty record may not have
     * had its turn yet, or its work goes on and shows no end.
     */
    synchronized boolean leavesSuspects() {
        var next = sequence.next();
        return suspicion.isLeftUnended()
                || suspicion.covers(next == null ? sequence.lastReceived() : next.offset())
                || sequence.hasUnfinishedSuspect();
    }

    /** The client reads on elsewhere: nothing is received until it is clear why. */
    public synchronized void interrupt(OffsetBreak where) {
        found = where;
        receiving = false;
    }

    /** What it was interrupted for; empty where it was not. */
    synchronized Optional<OffsetBreak> interruption() {
        return Optional.ofNullable(found);
    }

    /** It is clear why: what was handed over before is worked on as ever, and the client reads on there. */
    public synchronized void resume(long at) {
        sequence.begin(new LogPosition(at, null));
        found = null;
        receiving = true;
    }

    /**
     * Kafka's client handed records over: they will be received, one by one.
     *
     * @param record the first of them
     */
    public synchronized void handedOver(Object record, long from, long to, LogPosition next) {
        sequence.handedOver(record, from, to, next);
    }

    /** Kafka's client read on and found nothing but what is no record, such as the end of a transaction. */
    public synchronized void passedOver(LogPosition next) {
        sequence.passedOver(next);
    }

    /**
     * @param record as it was handed over
     * @param timestamp the record's, in milliseconds since 1970
     * @param epoch the record's leader epoch, if it is known
     * @return empty where it is left over from before
     */
    synchronized Optional<OffsetHandle> received(Object record, long offset, long timestamp, @Nullable Integer epoch) {
        return revoked
                ? Optional.empty()
                : sequence.received(record, offset, timestamp, epoch, suspicion.covers(offset))
                        .map(place -> new OffsetHandle(this, place));
    }

    private synchronized void completed(OffsetSequence.Place place) {
        sequence.completed(place);
    }

    /** Up to where all is received and settled, where MySQL does not have that yet. */
    synchronized Optional<LogPosition> recordable() {
        var reached = sequence.next();
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

    synchronized PartitionProgress progress() {
        var next = sequence.next();
        return new PartitionProgress(
                partition,
                next == null ? -1 : next.offset(),
                sequence.unfinished(),
                sequence.oldestTimestamp(),
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
