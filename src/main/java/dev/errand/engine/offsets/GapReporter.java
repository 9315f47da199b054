package dev.errand.engine.offsets;

import dev.errand.engine.offsets.ConsumerGroup.Partition;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Reports each gap of missing records once, and decides whether the partition may be read on after it. Thread-safe. */
@Singleton
public final class GapReporter {

    private static final Logger LOG = Logger.getLogger(GapReporter.class);

    /** What happens to a partition that has missing records. */
    enum OnGap {
        /** The gap is logged, and the partition is read on after it. */
        CONTINUE,
        /** The partition is not read until an operator has accepted the gap. */
        STOP
    }

    private final OffsetGaps gaps;
    private final OnGap onGap;
    private final Set<TopicPartition> held = ConcurrentHashMap.newKeySet();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong rereads = new AtomicLong();

    @Inject
    GapReporter(OffsetGaps gaps, @ConfigProperty(name = "errand.on-gap", defaultValue = "continue") OnGap onGap) {
        this.gaps = gaps;
        this.onGap = onGap;
    }

    /**
     * Reports a gap that is new or has grown.
     *
     * @return whether the partition may be read on after the gap
     */
    boolean mayPass(OffsetGap gap) throws SQLException {
        var known = tell(gap);
        var passes = onGap == OnGap.CONTINUE || known.accepted();
        if (passes) {
            held.remove(gap.at());
        } else {
            held.add(gap.at());
        }
        return passes;
    }

    /** Reports a gap that is new or has grown. */
    OffsetGaps.Known tell(OffsetGap gap) throws SQLException {
        var known = gaps.found(gap);
        if (known.isNews()) {
            count.incrementAndGet();
            records.addAndGet(known.news());
            LOG.errorf(
                    "%s. This is gap %d%s",
                    gap.described(known.news()),
                    known.id(),
                    onGap == OnGap.STOP
                            ? ": the partition is not read until an operator accepts the gap (POST /api/consumer/gaps/"
                                    + known.id() + "/accept)"
                            : "");
        }
        return known;
    }

    /** Reports that MySQL has lost committed work, which is done again. */
    void reread(Partition kafka, LogPosition from) {
        rereads.incrementAndGet();
        LOG.warnf(
                "MySQL has lost committed work of %s: the offset committed to Kafka is %d, the position in MySQL is %d."
                        + " The records between them are read again",
                kafka.at(), kafka.committed(), from.offset());
    }

    /** The partitions that are not read until an operator accepts their gap. */
    public Set<TopicPartition> held() {
        return Set.copyOf(held);
    }

    /** Removes a partition that is no longer assigned to this process from {@link #held}. */
    public void forget(TopicPartition partition) {
        held.remove(partition);
    }

    /** How many gaps this process was the first to report. */
    public long count() {
        return count.get();
    }

    /** How many records those gaps have. */
    public long records() {
        return records.get();
    }

    /** How many times a partition was read again because MySQL had lost commits. */
    public long rereads() {
        return rereads.get();
    }
}
