package dev.errand.engine.offsets;

import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One assignment of a partition to this process: which of its records are in progress, and so up to which offset all are done.
 *
 * <p>Records are received only between {@link #begin} and the end of the assignment. Until the {@link PositionKeeper} has found
 * the starting position, and while it investigates a break in the offsets, the records that Kafka's client hands over are dropped
 * and read again later.
 *
 * <p>An assignment that has ended is never used again. A partition that comes back, or has to be read again, gets a new one, so
 * that a record left over from the old one can't be taken for a new record, nor let an offset be committed too far.
 *
 * <p>Thread-safe. One thread receives the records, in the order of their offsets. Only incomplete records are kept, so that memory
 * does not grow while one action takes long.
 */
public final class PartitionOffsets {

    private static final LogPosition NOWHERE = new LogPosition(-1, null);

    private final TopicPartition partition;

    private final OffsetSequence sequence = new OffsetSequence();
    private final Suspicion suspicion = new Suspicion();

    private boolean receiving;
    private @Nullable OffsetBreak found;

    /** The position that is stored in MySQL. */
    private LogPosition recorded = NOWHERE;

    /** The offset committed to Kafka; null if it is not known, or does not have Errand's mark. */
    private @Nullable Long committed;

    private volatile boolean revoked;
    private volatile boolean givenUp;

    /** A received record's offset, by which the record is completed. Thread-safe. */
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

        /** Whether this record may have killed the partition's last owner. */
        public boolean suspect() {
            return place.suspect();
        }

        /** Says that the record was done for the first time, and is not a duplicate. */
        public void newlyDone() {
            offsets.newlyDone();
        }

        /** Says that work on the record goes on although its partition is given up. */
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
     * Starts to receive records.
     *
     * @param start where Kafka's client starts to read; MySQL has stored it
     * @param known the offset that Errand has committed to Kafka; null if there is none, or another one
     * @param uncleanEnd whether the partition's last owner ended without giving it back, or left suspects
     */
    public synchronized void begin(LogPosition start, @Nullable Long known, boolean uncleanEnd) {
        sequence.begin(start);
        recorded(start);
        committed = known;
        suspicion.begin(uncleanEnd);
        receiving = true;
    }

    /** Whether the records that the client hands over are received. */
    public synchronized boolean isReceiving() {
        return receiving && !revoked;
    }

    /** The offset at which the client has to read on; valid only while {@link #isReceiving}. */
    public synchronized long position() {
        return sequence.position().offset();
    }

    /**
     * Limits which records are suspects if the last owner ended without giving the partition back. Call it before {@link #begin}.
     *
     * @param logEnd the end of the log now
     * @param actions how many actions the last owner may have had in memory; duplicates do not count
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
     * Whether the next owner has to treat records as suspects, as if this owner had ended without giving the partition back: a
     * suspect has not been processed yet, or a unit of work is still running.
     */
    synchronized boolean leavesSuspects() {
        var next = sequence.next();
        return suspicion.isLeftUnended()
                || suspicion.covers(next == null ? sequence.lastReceived() : next.offset())
                || sequence.hasUnfinishedSuspect();
    }

    /** Stops receiving records because the client reads on at an unexpected offset; {@link #resume} starts it again. */
    public synchronized void interrupt(OffsetBreak where) {
        found = where;
        receiving = false;
    }

    /** Why receiving is interrupted; empty if it is not. */
    synchronized Optional<OffsetBreak> interruption() {
        return Optional.ofNullable(found);
    }

    /** Starts to receive records again after {@link #interrupt}, from this offset on; records received before stay valid. */
    public synchronized void resume(long at) {
        sequence.begin(new LogPosition(at, null));
        found = null;
        receiving = true;
    }

    /**
     * Says that Kafka's client has handed over records, which will be received one by one.
     *
     * @param record the first of them
     * @param from the offset of the first
     * @param to the offset of the last
     * @param next where the client reads on
     */
    public synchronized void handedOver(Object record, long from, long to, LogPosition next) {
        sequence.handedOver(record, from, to, next);
    }

    /** Says that Kafka's client read on over offsets that hold no records, such as transaction markers. */
    public synchronized void passedOver(LogPosition next) {
        sequence.passedOver(next);
    }

    /**
     * Receives a record that was handed over.
     *
     * @param record the same instance that was handed over
     * @param timestamp the record's timestamp, in milliseconds since 1970
     * @param epoch the record's leader epoch; null if it is not known
     * @return empty if the assignment has ended, or the record is left over from an earlier one
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

    /** The position before which all records are completed; empty if MySQL has stored it already, or it is not known. */
    synchronized Optional<LogPosition> recordable() {
        var reached = sequence.next();
        return !hasBegun() || reached == null || reached.offset() == recorded.offset()
                ? Optional.empty()
                : Optional.of(reached);
    }

    private boolean hasBegun() {
        return recorded.offset() >= 0;
    }

    /** The position that is stored in MySQL. */
    synchronized LogPosition recorded() {
        return recorded;
    }

    /** Says that MySQL has stored this position. */
    synchronized void recorded(LogPosition reached) {
        if (!givenUp) {
            recorded = reached;
        }
    }

    /** The position that is stored in MySQL and not committed to Kafka yet; empty if there is none. */
    public synchronized Optional<LogPosition> committable() {
        return !hasBegun() || (committed != null && committed == recorded.offset())
                ? Optional.empty()
                : Optional.of(recorded);
    }

    /** Says that this offset is committed to Kafka. */
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

    /** Ends the assignment: its queued records are left to the next owner. */
    void revoke() {
        revoked = true;
    }

    /** Ends the assignment because its completed work may be lost: its position is no longer stored or committed. */
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
