package dev.errand.intake;

import java.util.ArrayDeque;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition's time with this process, from its assignment to its revocation: which of its records are being worked on,
 * and so which offset may be committed.
 *
 * <p>An assignment is never revived. When a partition comes back it gets a new one, so that a record left over from
 * before can neither be taken for one of the new ones nor let an offset be committed too far.
 *
 * <p>Thread-safe. Records are received in the order of their offsets by one thread.
 */
final class Assignment {

    private final TopicPartition partition;
    private final int generation;
    private final ArrayDeque<Receipt> unsettled = new ArrayDeque<>();
    private long settledUpTo = -1;
    private long committed = -1;
    private volatile boolean revoked;

    /** One record's place in the order. */
    static final class Receipt {
        private final Assignment assignment;
        private final long offset;
        private volatile boolean settled;

        private Receipt(Assignment assignment, long offset) {
            this.assignment = assignment;
            this.offset = offset;
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
            settled = true;
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

    synchronized Receipt received(long offset) {
        var receipt = new Receipt(this, offset);
        unsettled.add(receipt);
        return receipt;
    }

    /** The offset that may be committed and has not been: all records before it are settled. */
    synchronized OptionalLong committable() {
        while (!unsettled.isEmpty() && unsettled.element().settled) {
            settledUpTo = unsettled.remove().offset + 1;
        }
        return settledUpTo > committed ? OptionalLong.of(settledUpTo) : OptionalLong.empty();
    }

    synchronized void committed(long offset) {
        committed = Math.max(committed, offset);
    }

    /** How many records were received and are not settled, or wait for one before them. */
    synchronized int unsettled() {
        return unsettled.size();
    }

    boolean revoked() {
        return revoked;
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
