package dev.errand.engine.offsets;

import dev.errand.engine.offsets.ConsumerGroup.Partition;
import dev.errand.engine.offsets.PartitionPositions.Recorded;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where reading a partition begins. MySQL's own record of how far it is beats Kafka's committed offset; only an offset that was
 * committed by somebody else, which is an operator's will, beats both. See ADR 13.
 *
 * @param at the first offset to be read
 * @param gap what can't be read any more; null where nothing is missing
 * @param lostByDatabase whether Kafka knows of more that was done than MySQL: that is done again
 */
record StartingPosition(LogPosition at, @Nullable OffsetGap gap, boolean lostByDatabase) {

    /**
     * @param kafka what Kafka says of the partition
     * @param recorded what MySQL says of it; null where it has nothing
     */
    static StartingPosition of(Partition kafka, @Nullable Recorded recorded) {
        var beginning = new LogPosition(kafka.beginning(), null);
        if (recorded != null && !recorded.topicId().equals(kafka.topicId())) {
            return new StartingPosition(
                    beginning,
                    gap(kafka, OffsetGap.Cause.RECREATED, recorded.position().offset(), kafka.beginning()),
                    false);
        }
        var commit = kafka.commit();
        if (commit == null) {
            return stillThere(kafka, recorded == null ? beginning : recorded.position(), false);
        }
        if (!commit.metadata().equals(LogPosition.MARK)) {
            return byHand(kafka, LogPosition.of(commit), recorded);
        }
        if (recorded == null) {
            // Errand writes to MySQL before it commits: all of that is gone.
            return stillThere(kafka, beginning, true);
        }
        return stillThere(
                kafka,
                recorded.position(),
                commit.offset() > recorded.position().offset());
    }

    private static StartingPosition byHand(Partition kafka, LogPosition wanted, @Nullable Recorded recorded) {
        var start = stillThere(kafka, wanted, false);
        return recorded != null
                        && start.gap == null
                        && wanted.offset() > recorded.position().offset()
                ? new StartingPosition(
                        start.at,
                        gap(kafka, OffsetGap.Cause.RESET, recorded.position().offset(), wanted.offset()),
                        false)
                : start;
    }

    private static StartingPosition stillThere(Partition kafka, LogPosition wanted, boolean lost) {
        if (wanted.offset() < kafka.beginning()) {
            return new StartingPosition(
                    new LogPosition(kafka.beginning(), null),
                    gap(kafka, OffsetGap.Cause.DELETED, wanted.offset(), kafka.beginning()),
                    lost);
        }
        if (wanted.offset() > kafka.end() && wanted.leaderEpoch() == null) {
            // With the epoch Kafka's client finds out from where on the log is another one. Without it all may be.
            return new StartingPosition(
                    new LogPosition(kafka.beginning(), null),
                    gap(kafka, OffsetGap.Cause.TRUNCATED, kafka.end(), wanted.offset()),
                    lost);
        }
        return new StartingPosition(wanted, null, lost);
    }

    /**
     * What is behind a client's reading on elsewhere than it should.
     *
     * @return empty where nothing is missing: what lies between is no record
     */
    static Optional<OffsetGap> gap(Partition kafka, OffsetBreak found) {
        if (found.actual() < found.expected()) {
            return Optional.of(gap(kafka, OffsetGap.Cause.TRUNCATED, found.actual(), found.expected()));
        }
        return kafka.beginning() > found.expected()
                ? Optional.of(gap(kafka, OffsetGap.Cause.DELETED, found.expected(), found.actual()))
                : Optional.empty();
    }

    private static OffsetGap gap(Partition kafka, OffsetGap.Cause cause, long from, long to) {
        return new OffsetGap(kafka.at(), kafka.topicId(), cause, from, to);
    }
}
