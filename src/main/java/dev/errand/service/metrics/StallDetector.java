package dev.errand.service.metrics;

import static java.util.stream.Collectors.toMap;

import dev.errand.engine.intake.EngineStatus;
import dev.errand.engine.offsets.ConsumerGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Detects partitions from which this process receives nothing though Kafka has more records and this process asks for
 * them. The connector repeats its poll after every failure of Kafka's client, without end and without logging, so
 * nothing else would report this. Not thread-safe.
 */
final class StallDetector {

    private static final Logger LOG = Logger.getLogger(StallDetector.class);

    private final Duration limit;
    private final Duration longestGap;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Standstill> standstills = new HashMap<>();
    private final Map<TopicPartition, Long> stalled = new HashMap<>();
    private long lookedAt;

    /** @param since by {@link #nanoTime} */
    private record Standstill(long next, long since) {}

    /**
     * A partition from which nothing is received any more.
     *
     * @param from the first offset that is not received
     */
    record Stall(TopicPartition at, long from) {}

    /**
     * @param limit how long a partition may deliver nothing
     * @param longestGap the longest time between two looks; after a longer one all waiting times start again
     * @param nanoTime a clock such as {@link System#nanoTime}
     */
    StallDetector(Duration limit, Duration longestGap, LongSupplier nanoTime) {
        this.limit = limit;
        this.longestGap = longestGap;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong();
    }

    /**
     * Compares what Kafka has with what this process receives.
     *
     * @param group all partitions of the group, as Kafka has just described them
     * @param own this process's partitions, read after {@code group}
     * @param asks whether this process would take more records
     * @return partitions that are stalled now and were not at the last look
     */
    List<Stall> look(List<ConsumerGroup.Partition> group, List<EngineStatus.Partition> own, boolean asks) {
        var now = nanoTime.getAsLong();
        if (now - lookedAt > longestGap.toNanos()) {
            // Nobody looked for a while, perhaps because the process was frozen: the time that passed proves nothing.
            standstills.clear();
        }
        lookedAt = now;
        var ours = own.stream()
                .collect(toMap(each -> new TopicPartition(each.topic(), each.partition()), Function.identity()));
        standstills.keySet().retainAll(ours.keySet());
        stalled.keySet().retainAll(ours.keySet());
        List<Stall> news = new ArrayList<>();
        for (var each : group) {
            var ofOurs = ours.get(each.at());
            if (ofOurs != null) {
                look(each, ofOurs, asks, news);
            }
        }
        return news;
    }

    private void look(ConsumerGroup.Partition at, EngineStatus.Partition own, boolean asks, List<Stall> news) {
        var from = own.next() < 0 ? at.end() - at.lag() : own.next();
        var known = stalled.get(at.at());
        if (from >= at.end() || own.unfinished() > 0 || (known != null && known != from)) {
            standstills.remove(at.at());
            if (stalled.remove(at.at()) != null) {
                LOG.infof("%s: records are received again", at.at());
            }
        } else if (!asks || !own.receiving()) {
            standstills.remove(at.at());
        } else if (known == null && isOver(standstills.compute(at.at(), (key, before) -> from(before, from)))) {
            stalled.put(at.at(), from);
            news.add(new Stall(at.at(), from));
        }
    }

    private Standstill from(@Nullable Standstill before, long next) {
        return before != null && before.next == next ? before : new Standstill(next, lookedAt);
    }

    private boolean isOver(Standstill standstill) {
        return lookedAt - standstill.since >= limit.toNanos();
    }

    /** The partitions that are stalled, as {@code topic-0}, sorted. */
    List<String> stalled() {
        return stalled.keySet().stream().map(TopicPartition::toString).sorted().toList();
    }
}
