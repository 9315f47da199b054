package dev.errand.intake;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition's time with this process, from its assignment to its revocation: which of its records are being worked on,
 * and so which offset may be committed.
 *
 * <p>An assignment is never revived. When a partition comes back it gets a new one, so that a record left over from
 * before can neither be taken for one of the new ones nor let an offset be committed too far.
 *
 * <p>Thread-safe. Records are received in the order of their offsets by one thread. Only what is unsettled is remembered,
 * so that one action that waits for long does not let memory grow behind it.
 */
final class Assignment {

    private final TopicPartition partition;
    private final int generation;

    /** By offset, in the order of receiving, which is the order of offsets. */
    private final Map<Long, Receipt> unsettled = new LinkedHashMap<>();

    private long lastReceived = -1;
    private long committed = -1;

    /** The last record that Kafka's client handed over, whether it is here already or in the connector's queue. */
    private long lastHandedOver = -1;

    /** Where the client reads on: behind that record, and behind what is no record. */
    private long position = -1;

    /** Where it read on when all that it had handed over by then had been received; -1 before. */
    private long positionOfReceived = -1;

    /** The first record of a log that was cut, while others of before may still be on their way; -1 without one. */
    private long cutAt = -1;

    private volatile boolean revoked;

    /** One record's place in the order. */
    static final class Receipt {
        private final Assignment assignment;
        private final long offset;
        private final long timestamp;

        private Receipt(Assignment assignment, long offset, long timestamp) {
            this.assignment = assignment;
            this.offset = offset;
            this.timestamp = timestamp;
        }

        long offset() {
            return offset;
        }

        boolean revoked() {
            return assignment.revoked;
        }

        TopicPartition partition() {
            return assignment.partition;
        }

        void settle() {
            assignment.settled(this);
        }
    }

    /** @param generation the consumer group's generation that brought the partition here */
    Assignment(TopicPartition partition, int generation) {
        this.partition = partition;
        this.generation = generation;
    }

    TopicPartition partition() {
        return partition;
    }

    /** Whether a record that was polled in this generation of the group belongs to this assignment. */
    boolean covers(int recordGeneration) {
        return !revoked && recordGeneration >= generation;
    }

    /** Kafka's client handed records over: they will be received, one by one. */
    synchronized void handedOver(long first, long last, long next) {
        if (first <= lastHandedOver) {
            cutAt = first;
        } else if (lastReceived == lastHandedOver) {
            positionOfReceived = position;
        }
        lastHandedOver = last;
        position = next;
    }

    /** The partition's log was cut, and what was known of it from there on is void. */
    private void startAgain(long from) {
        unsettled.keySet().removeIf(offset -> offset >= from);
        lastReceived = -1;
        positionOfReceived = -1;
        cutAt = -1;
    }

    /** Kafka's client read on and found nothing but what is no record, such as the end of a transaction. */
    synchronized void passedOver(long next) {
        position = next;
    }

    /** @param timestamp the record's, in milliseconds since 1970 */
    synchronized Receipt received(long offset, long timestamp) {
        if (offset == cutAt || offset <= lastReceived) {
            startAgain(offset);
        }
        if (lastReceived < 0) {
            // The first: nothing new to commit yet.
            committed = offset;
        }
        lastReceived = offset;
        var receipt = new Receipt(this, offset, timestamp);
        unsettled.put(offset, receipt);
        return receipt;
    }

    private synchronized void settled(Receipt receipt) {
        // Not another record of the same offset, from after the log was cut.
        unsettled.remove(receipt.offset, receipt);
    }

    /** The offset that may be committed and has not been: all records before it are received and settled. */
    synchronized OptionalLong committable() {
        var reached = next();
        return reached < 0 || reached == committed ? OptionalLong.empty() : OptionalLong.of(reached);
    }

    private long next() {
        if (cutAt >= 0) {
            return -1;
        }
        if (!unsettled.isEmpty()) {
            return unsettled.keySet().iterator().next();
        }
        // With none on its way, what is left before the position is no record, and would be lag for ever.
        var passed = lastReceived == lastHandedOver ? position : positionOfReceived;
        return lastReceived < 0 ? passed : Math.max(lastReceived + 1, passed);
    }

    /**
     * How far an assignment is.
     *
     * @param next the offset up to which all is settled; -1 before the first record
     * @param unfinished records received and not settled
     * @param oldest the timestamp of the first of them, in milliseconds since 1970; empty without any
     */
    record Progress(TopicPartition partition, long next, int unfinished, OptionalLong oldest) {}

    synchronized Progress progress() {
        return new Progress(
                partition,
                next(),
                unsettled.size(),
                unsettled.isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(unsettled.values().iterator().next().timestamp));
    }

    synchronized void committed(long offset) {
        committed = offset;
    }

    /** From now on its waiting records are somebody else's. */
    void revoke() {
        revoked = true;
    }

    @Override
    public String toString() {
        return partition.toString();
    }
}
