package dev.errand.intake;

import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
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

    /** In the order of receiving, which is the order of offsets. */
    private final Set<Long> unsettled = new LinkedHashSet<>();

    private long lastReceived = -1;
    private long committed = -1;
    private volatile boolean revoked;

    /** One record's place in the order. */
    static final class Receipt {
        private final Assignment assignment;
        private final long offset;

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
            assignment.settled(offset);
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
        if (lastReceived < 0 || offset <= lastReceived) {
            // The first, or the partition's log was cut and what was known of it is void: nothing new to commit yet.
            unsettled.clear();
            committed = offset;
        }
        lastReceived = offset;
        unsettled.add(offset);
        return new Receipt(this, offset);
    }

    private synchronized void settled(long offset) {
        unsettled.remove(offset);
    }

    /** The offset that may be committed and has not been: all received records before it are settled. */
    synchronized OptionalLong committable() {
        if (lastReceived < 0) {
            return OptionalLong.empty();
        }
        var reached =
                unsettled.isEmpty() ? lastReceived + 1 : unsettled.iterator().next();
        return reached == committed ? OptionalLong.empty() : OptionalLong.of(reached);
    }

    synchronized void committed(long offset) {
        committed = offset;
    }

    /** How many records were received and are not settled. */
    synchronized int unsettled() {
        return unsettled.size();
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
