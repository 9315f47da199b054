package dev.errand.engine.offsets;

import dev.errand.engine.offsets.ConsumerGroup.Partition;
import dev.errand.engine.offsets.PartitionPositions.Recorded;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where reading of a partition starts. The position in MySQL takes precedence over the offset that Errand has committed to Kafka.
 * An offset that something else has committed takes precedence over both: an operator has set it on purpose. See ADR 13.
 *
 * @param at the position of the first record to be read
 * @param gap the records that can't be read any more; null if nothing is missing
 * @param lostByDatabase whether the offset committed to Kafka is ahead of MySQL, which has lost commits: the records between are
 *     processed again
 */
record StartingPosition(LogPosition at, @Nullable OffsetGap gap, boolean lostByDatabase) {

    /**
     * Determines the starting position of a partition.
     *
     * @param kafka the partition as Kafka describes it
     * @param recorded the partition's row in MySQL; null if there is none
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
            // Errand writes to MySQL before it commits to Kafka, so MySQL has lost the row.
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
            // With a leader epoch, Kafka's client finds the offset at which the log was truncated. Without one, any
            // record may have been replaced.
            return new StartingPosition(
                    new LogPosition(kafka.beginning(), null),
                    gap(kafka, OffsetGap.Cause.TRUNCATED, kafka.end(), wanted.offset()),
                    lost);
        }
        return new StartingPosition(wanted, null, lost);
    }

    /**
     * The records that are missing after a break in the offsets.
     *
     * @return empty if Kafka has not removed any record in between
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
