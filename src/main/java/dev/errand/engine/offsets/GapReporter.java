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

/** Tells of records that can't be read any more, once each, and says whether reading may go on without them. Thread-safe. */
@Singleton
public final class GapReporter {

    private static final Logger LOG = Logger.getLogger(GapReporter.class);

    /** What becomes of a partition of which records are missing. */
    enum OnGap {
        /** It is told, and reading goes on behind them. */
        CONTINUE,
        /** The partition is held until an operator has accepted that. */
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

    /** Tells of it, where that is news. @return whether to read on behind it */
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

    /** Tells of it, where that is news. */
    OffsetGaps.Known tell(OffsetGap gap) throws SQLException {
        var known = gaps.found(gap);
        if (known.isNews()) {
            count.incrementAndGet();
            records.addAndGet(known.news());
            LOG.errorf(
                    "%s. It is gap %d%s",
                    gap.described(known.news()),
                    known.id(),
                    onGap == OnGap.STOP
                            ? ": the partition is held until an operator accepts it (POST /api/consumer/gaps/"
                                    + known.id() + "/accept)"
                            : "");
        }
        return known;
    }

    /** Tells that MySQL has lost what it had done. */
    void reread(Partition kafka, LogPosition from) {
        rereads.incrementAndGet();
        LOG.warnf(
                "MySQL has lost what was done of %s: Kafka has offset %d as committed, MySQL knows of all before %d."
                        + " What lies between is read again",
                kafka.at(), kafka.committed(), from.offset());
    }

    /** Partitions that wait for an operator. */
    public Set<TopicPartition> held() {
        return Set.copyOf(held);
    }

    /** The partition is not this process's any more. */
    public void forget(TopicPartition partition) {
        held.remove(partition);
    }

    /** How many gaps this process was the first to tell of. */
    public long count() {
        return count.get();
    }

    /** How many records they had. */
    public long records() {
        return records.get();
    }

    /** How often a partition was read again because MySQL had lost commits. */
    public long rereads() {
        return rereads.get();
    }
}
