package dev.errand.engine.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.engine.offsets.OffsetGap.Cause;
import dev.errand.engine.offsets.PartitionPositions.Recorded;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StartingPositionTest {

    private static final TopicPartition AT = new TopicPartition("user-actions", 0);
    private static final String TOPIC = "topic-1";

    private static ConsumerGroup.Partition kafka(@Nullable OffsetAndMetadata commit, long beginning, long end) {
        return new ConsumerGroup.Partition(AT, TOPIC, commit, beginning, end, "host");
    }

    private static OffsetAndMetadata ours(long offset) {
        return new LogPosition(offset, 5).marked();
    }

    private static OffsetAndMetadata byHand(long offset) {
        return new OffsetAndMetadata(offset);
    }

    private static Recorded recorded(long offset) {
        return new Recorded(TOPIC, new LogPosition(offset, 5), null);
    }

    private static void isWithoutGap(StartingPosition start, long at, boolean lost) {
        assertThat(start.at().offset()).isEqualTo(at);
        assertThat(start.gap()).isNull();
        assertThat(start.lostByDatabase()).isEqualTo(lost);
    }

    private static OffsetGap gap(Cause cause, long from, long to) {
        return new OffsetGap(AT, TOPIC, cause, from, to);
    }

    @Test
    void shouldBeginWithTheLogWhenNobodyKnowsThePartition() {
        isWithoutGap(StartingPosition.of(kafka(null, 3, 9), null), 3, false);
    }

    @Test
    void shouldReadOnWhereBothAre() {
        var start = StartingPosition.of(kafka(ours(5), 0, 9), recorded(5));

        isWithoutGap(start, 5, false);
        assertThat(start.at().leaderEpoch()).isEqualTo(5);
    }

    @Test
    void shouldReadOnWhereMySqlIsWhenKafkaIsBehindOrKnowsNothing() {
        isWithoutGap(StartingPosition.of(kafka(ours(4), 0, 9), recorded(5)), 5, false);
        isWithoutGap(StartingPosition.of(kafka(null, 0, 9), recorded(5)), 5, false);
    }

    @Test
    void shouldReadAgainWhatMySqlHasLost() {
        isWithoutGap(StartingPosition.of(kafka(ours(8), 0, 9), recorded(5)), 5, true);
        isWithoutGap(StartingPosition.of(kafka(ours(8), 2, 9), null), 2, true);
    }

    @Test
    void shouldFollowAnOperatorWhoSetsTheOffsetBack() {
        isWithoutGap(StartingPosition.of(kafka(byHand(2), 0, 9), recorded(5)), 2, false);
        isWithoutGap(StartingPosition.of(kafka(byHand(5), 0, 9), recorded(5)), 5, false);
        isWithoutGap(StartingPosition.of(kafka(byHand(5), 0, 9), null), 5, false);
    }

    @Test
    void shouldTellWhatAnOperatorPassesOver() {
        var start = StartingPosition.of(kafka(byHand(8), 0, 9), recorded(5));

        assertThat(start.at().offset()).isEqualTo(8);
        assertThat(start.gap()).isEqualTo(gap(Cause.RESET, 5, 8));
        assertThat(start.gap().records()).isEqualTo(3);
    }

    @Test
    void shouldTellWhatWasDeletedBeforeItWasRead() {
        var start = StartingPosition.of(kafka(ours(3), 7, 13), recorded(3));

        assertThat(start.at().offset()).isEqualTo(7);
        assertThat(start.gap()).isEqualTo(gap(Cause.DELETED, 3, 7));
        assertThat(start.gap().records()).isEqualTo(4);
    }

    @Test
    void shouldTellWhatWasDeletedOfWhatMySqlHasLost() {
        var start = StartingPosition.of(kafka(ours(8), 7, 13), recorded(3));

        assertThat(start.at().offset()).isEqualTo(7);
        assertThat(start.gap()).isEqualTo(gap(Cause.DELETED, 3, 7));
        assertThat(start.lostByDatabase()).isTrue();
    }

    @Test
    void shouldTellThatALogIsShorterThanWhatWasRead() {
        var unknownEpoch = new Recorded(TOPIC, new LogPosition(10, null), null);

        var start = StartingPosition.of(kafka(ours(10), 0, 6), unknownEpoch);

        assertThat(start.at().offset()).as("all of it may be others").isZero();
        assertThat(start.gap()).isEqualTo(gap(Cause.TRUNCATED, 6, 10));
    }

    @Test
    void shouldLetKafkasClientFindWhereALogWasCutWhenTheEpochIsKnown() {
        isWithoutGap(StartingPosition.of(kafka(ours(10), 0, 6), recorded(10)), 10, false);
    }

    @Test
    void shouldBeginAnewWithATopicThatWasMadeAnew() {
        var old = new Recorded("topic-0", new LogPosition(40, 5), null);

        var start = StartingPosition.of(kafka(null, 2, 100), old);

        assertThat(start.at().offset()).isEqualTo(2);
        assertThat(start.gap()).isEqualTo(gap(Cause.RECREATED, 40, 2));
        assertThat(start.gap().records()).isZero();
    }

    @Test
    void shouldTellOfABreakOnlyWhatIsMissing() {
        assertThat(StartingPosition.gap(kafka(null, 0, 20), new OffsetBreak(5, 9, true)))
                .as("what is no record")
                .isEmpty();
        assertThat(StartingPosition.gap(kafka(null, 9, 20), new OffsetBreak(5, 9, true)))
                .isEqualTo(Optional.of(gap(Cause.DELETED, 5, 9)));
        assertThat(StartingPosition.gap(kafka(null, 0, 20), new OffsetBreak(9, 5, true)))
                .isEqualTo(Optional.of(gap(Cause.TRUNCATED, 5, 9)));
    }
}
