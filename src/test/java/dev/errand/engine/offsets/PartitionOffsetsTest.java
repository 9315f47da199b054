package dev.errand.engine.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.engine.offsets.PartitionOffsets.OffsetHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionOffsetsTest {

    private static final TopicPartition PARTITION = new TopicPartition("user-actions", 0);

    /** These objects stand for Kafka's records; only their identity matters here. */
    private final Map<Long, Object> records = new HashMap<>();

    private Object record(long offset) {
        return records.computeIfAbsent(offset, any -> new Object());
    }

    private static PartitionOffsets begun(long start) {
        var assignment = new PartitionOffsets(PARTITION);
        assignment.begin(new LogPosition(start, null), start, false);
        return assignment;
    }

    private void handOver(PartitionOffsets assignment, long from, long to, long next) {
        assignment.handedOver(record(from), from, to, new LogPosition(next, null));
    }

    private OffsetHandle receive(PartitionOffsets assignment, long offset) {
        return assignment.received(record(offset), offset, 0, null).orElseThrow();
    }

    private OffsetHandle take(PartitionOffsets assignment, long offset) {
        handOver(assignment, offset, offset, offset + 1);
        return receive(assignment, offset);
    }

    private static @Nullable Long recordable(PartitionOffsets assignment) {
        return assignment.recordable().map(LogPosition::offset).orElse(null);
    }

    private static void recorded(PartitionOffsets assignment, long offset) {
        assignment.recorded(new LogPosition(offset, null));
    }

    @Test
    void shouldRecordNothingPastARecordThatIsNotCompleted() {
        var assignment = begun(10);
        var first = take(assignment, 10);
        var second = take(assignment, 11);

        second.complete();
        assertThat(recordable(assignment)).isNull();
        first.complete();
        assertThat(recordable(assignment)).isEqualTo(12);
    }

    @Test
    void shouldCommitOnlyWhatIsRecordedAndOfferItUntilItIsCommitted() {
        var assignment = begun(10);
        take(assignment, 10).complete();

        assertThat(recordable(assignment)).isEqualTo(11);
        assertThat(assignment.committable()).isEmpty();
        recorded(assignment, 11);
        assertThat(recordable(assignment)).isNull();
        assertThat(assignment.committable().orElseThrow().offset()).isEqualTo(11);
        assertThat(assignment.committable().orElseThrow().offset()).isEqualTo(11);
        assignment.committed(11);
        assertThat(assignment.committable()).isEmpty();
    }

    @Test
    void shouldCommitWhereItBeganWhenKafkaDoesNotHaveThat() {
        var assignment = new PartitionOffsets(PARTITION);
        assertThat(assignment.committable()).isEmpty();

        assignment.begin(new LogPosition(7, 3), null, false);

        assertThat(assignment.committable()).contains(new LogPosition(7, 3));
    }

    @Test
    void shouldReceiveNothingBeforeItBegins() {
        var assignment = new PartitionOffsets(PARTITION);

        assertThat(assignment.isReceiving()).isFalse();
        assertThat(assignment.received(record(5), 5, 0, null)).isEmpty();
        assertThat(recordable(assignment)).isNull();
        assertThat(assignment.progress().receiving()).isFalse();
    }

    @Test
    void shouldPassOverGapsInTheOffsets() {
        var assignment = begun(10);
        take(assignment, 10).complete();
        take(assignment, 15).complete();

        assertThat(recordable(assignment)).isEqualTo(16);
    }

    @Test
    void shouldRecordWhatIsNoRecordWhenAllBeforeItIsCompleted() {
        var assignment = begun(10);
        handOver(assignment, 10, 11, 13);
        assertThat(recordable(assignment)).as("on its way").isNull();
        var first = receive(assignment, 10);
        first.complete();
        assertThat(recordable(assignment)).as("one on its way").isEqualTo(11);
        var second = receive(assignment, 11);
        assertThat(recordable(assignment)).as("one unsettled").isEqualTo(11);

        second.complete();
        assertThat(recordable(assignment)).isEqualTo(13);
        assignment.passedOver(new LogPosition(15, null));
        assertThat(recordable(assignment)).isEqualTo(15);
        recorded(assignment, 15);
        assertThat(recordable(assignment)).isNull();
        handOver(assignment, 17, 18, 19);
        assertThat(recordable(assignment)).as("two on their way").isNull();
    }

    @Test
    void shouldRecordWhatIsNoRecordBeforeAnyRecordCame() {
        var assignment = begun(6);
        assertThat(recordable(assignment)).isNull();

        assignment.passedOver(new LogPosition(8, null));

        assertThat(recordable(assignment)).isEqualTo(8);
    }

    @Test
    void shouldTellTheLeaderEpochOfTheRecordBeforeTheOffset() {
        var assignment = new PartitionOffsets(PARTITION);
        assignment.begin(new LogPosition(10, 1), 10L, false);
        assignment.handedOver(record(10), 10, 12, new LogPosition(14, 4));
        var first = assignment.received(record(10), 10, 0, 2).orElseThrow();
        var second = assignment.received(record(11), 11, 0, 3).orElseThrow();
        var third = assignment.received(record(12), 12, 0, 4).orElseThrow();

        first.complete();
        assertThat(assignment.recordable()).contains(new LogPosition(11, 2));
        second.complete();
        assertThat(assignment.recordable()).contains(new LogPosition(12, 3));
        third.complete();
        assertThat(assignment.recordable()).contains(new LogPosition(14, 4));
    }

    @Test
    void shouldNotTakeARecordLeftOverFromBefore() {
        // Given
        var assignments = new AssignedPartitions();
        var before = assignments.assigned(PARTITION);
        before.begin(new LogPosition(40, null), 40L, false);
        handOver(before, 40, 42, 43);
        var old = before.received(record(40), 40, 0, null).orElseThrow();

        // When
        assignments.revoked(before);
        assertThat(before.received(record(41), 41, 0, null))
                .as("while it is away")
                .isEmpty();
        var after = assignments.assigned(PARTITION);
        after.begin(new LogPosition(40, null), 40L, false);
        var again = new Object();
        after.handedOver(again, 40, 42, new LogPosition(43, null));

        // Then
        assertThat(after.received(record(41), 41, 0, null))
                .as("handed over before")
                .isEmpty();
        assertThat(old.revoked()).isTrue();
        old.complete();
        assertThat(recordable(after)).isNull();
        after.received(again, 40, 0, null).orElseThrow().complete();
        assertThat(recordable(after)).isEqualTo(41);
    }

    @Test
    void shouldKeepTheAssignmentOfAnotherConsumerOfThisProcess() {
        var assignments = new AssignedPartitions();
        var expelled = assignments.assigned(PARTITION);
        var current = assignments.assigned(PARTITION);

        assignments.revoked(expelled);

        assertThat(assignments.all()).containsExactly(current);
    }

    @Test
    void shouldRecordAndCommitNothingOnceItIsGivenUp() {
        var assignment = begun(10);
        take(assignment, 10).complete();
        recorded(assignment, 11);
        take(assignment, 11).complete();

        assignment.giveUp();

        assertThat(assignment.isRevoked()).isTrue();
        assertThat(recordable(assignment)).isNull();
        assertThat(assignment.committable()).isEmpty();
    }

    private static PartitionOffsets begunAfterUncleanEnd(long logEnd, int actions) {
        var assignment = new PartitionOffsets(PARTITION);
        assignment.limitSuspicion(logEnd, actions);
        assignment.begin(new LogPosition(10, null), 10L, true);
        return assignment;
    }

    @Test
    void shouldSuspectNothingWhereTheLastOwnerGaveItBack() {
        var assignment = new PartitionOffsets(PARTITION);
        assignment.limitSuspicion(100, 100);
        assignment.begin(new LogPosition(10, null), 10L, false);

        assertThat(take(assignment, 10).suspect()).isFalse();
        assertThat(assignment.leavesSuspects()).isFalse();
    }

    @Test
    void shouldSuspectWhatTheLastOwnerMayHaveHadInMemoryHoweverManyDuplicatesComeBefore() {
        // Given
        var assignment = begunAfterUncleanEnd(1_000, 2);
        take(assignment, 10).complete();
        take(assignment, 11).complete();
        var first = take(assignment, 12);
        var second = take(assignment, 13);
        first.newlyDone();
        first.complete();
        second.newlyDone();
        second.complete();
        var third = take(assignment, 14);

        // Then
        assertThat(first.suspect()).isTrue();
        assertThat(second.suspect()).isTrue();
        assertThat(third.suspect()).isFalse();
        assertThat(assignment.leavesSuspects()).isFalse();
    }

    @Test
    void shouldNotSuspectWhatWasPublishedSince() {
        var assignment = begunAfterUncleanEnd(11, 100);

        assertThat(take(assignment, 10).suspect()).isTrue();
        assertThat(take(assignment, 11).suspect()).isFalse();
    }

    @Test
    void shouldLeaveTheSuspicionToTheNextOwnerWhereItIsNotOver() {
        var assignment = begunAfterUncleanEnd(12, 100);
        assertThat(assignment.leavesSuspects()).isTrue();
        var first = take(assignment, 10);
        var waiting = take(assignment, 11);
        first.complete();
        assertThat(assignment.leavesSuspects()).isTrue();

        waiting.complete();

        assertThat(assignment.leavesSuspects()).isFalse();
    }

    @Test
    void shouldLeaveTheSuspicionToTheNextOwnerWhereWorkGoesOn() {
        var assignment = begun(10);

        take(assignment, 10).leaveUnended();

        assertThat(assignment.leavesSuspects()).isTrue();
    }

    @Test
    void shouldRememberOnlyWhatIsNotCompleted() {
        var assignment = begun(0);
        take(assignment, 0);
        for (int offset = 1; offset < 1000; offset++) {
            take(assignment, offset).complete();
        }

        assertThat(assignment.progress().unfinished()).isEqualTo(1);
        assertThat(recordable(assignment)).isNull();
    }

    @Test
    void shouldGoOnWithWhatItHasAfterAnInterruption() {
        // Given
        var assignment = begun(10);
        handOver(assignment, 10, 11, 12);
        var first = receive(assignment, 10);

        // When
        assignment.interrupt(new OffsetBreak(12, 20, true));
        assertThat(assignment.isReceiving()).isFalse();
        var second = receive(assignment, 11);
        first.complete();
        second.complete();
        assertThat(recordable(assignment)).isEqualTo(12);
        assignment.resume(20);

        // Then
        assertThat(assignment.isReceiving()).isTrue();
        assertThat(assignment.interruption()).isEmpty();
        assertThat(assignment.position()).isEqualTo(20);
        assertThat(recordable(assignment)).isEqualTo(20);
        take(assignment, 20);
        assertThat(recordable(assignment)).isEqualTo(20);
    }

    @Test
    void shouldFollowALogThatWasCut() {
        var assignment = begun(100);
        take(assignment, 100).complete();
        recorded(assignment, 101);
        assignment.interrupt(new OffsetBreak(101, 50, true));
        assignment.resume(50);

        var after = take(assignment, 50);

        assertThat(recordable(assignment)).isEqualTo(50);
        after.complete();
        assertThat(recordable(assignment)).isEqualTo(51);
    }

    @Test
    void shouldKnowNothingOfALogThatWasCutUntilItsRecordsAreReceived() {
        var assignment = begun(100);
        handOver(assignment, 100, 100, 102);
        receive(assignment, 100).complete();
        recorded(assignment, 102);

        handOver(assignment, 0, 100, 102);

        assertThat(recordable(assignment)).isNull();
        assertThat(assignment.progress().next()).isEqualTo(-1);
        receive(assignment, 0).complete();
        assertThat(recordable(assignment)).isEqualTo(1);
    }

    @Test
    void shouldRecordNothingPastARecordBeforeTheCutThatIsNotCompleted() {
        var assignment = begun(40);
        handOver(assignment, 40, 100, 101);
        var before = receive(assignment, 40);
        receive(assignment, 50);

        handOver(assignment, 50, 60, 61);
        receive(assignment, 50).complete();
        receive(assignment, 60).complete();

        assertThat(recordable(assignment)).isNull();
        before.complete();
        assertThat(recordable(assignment)).isEqualTo(61);
    }

    @Test
    void shouldRecordNothingOfALogThatWasCutWhileRecordsOfBeforeAreOnTheirWay() {
        // Given
        var assignment = begun(0);
        handOver(assignment, 0, 12, 13);
        var undone = receive(assignment, 0);

        // When
        handOver(assignment, 0, 3, 4);
        for (long offset = 1; offset <= 12; offset++) {
            receive(assignment, offset).complete();
        }
        assertThat(recordable(assignment)).as("undone before them").isNull();
        var again = receive(assignment, 0);
        undone.complete();
        assertThat(recordable(assignment)).as("another record's receipt").isNull();

        // Then
        again.complete();
        assertThat(recordable(assignment)).isEqualTo(1);
    }

    @Test
    void shouldNeverRecordTooFarOrGoBackHoweverRecordsAreCompleted() {
        for (long seed = 1; seed <= 2000; seed++) {
            var random = new Random(seed);
            long next = random.nextInt(100);
            var assignment = begun(next);
            var queue = new ArrayDeque<Long>();
            var open = new ArrayList<OffsetHandle>();
            long reached = -1;
            for (int step = 0; step < 100; step++) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        var first = next;
                        for (int i = random.nextInt(3); i >= 0; i--) {
                            queue.add(next);
                            next += 1 + random.nextInt(2);
                        }
                        handOver(assignment, first, queue.getLast(), next);
                    }
                    case 1 -> assignment.passedOver(new LogPosition(next += random.nextInt(2), null));
                    case 2 -> {
                        if (!queue.isEmpty()) {
                            open.add(receive(assignment, queue.remove()));
                        }
                    }
                    default -> {
                        if (!open.isEmpty()) {
                            open.remove(random.nextInt(open.size())).complete();
                        }
                    }
                }
                assertThat(assignment.progress().next()).as("seed " + seed).isGreaterThanOrEqualTo(reached);
                reached = assignment.progress().next();
                var undone = LongStream.concat(
                                queue.stream().mapToLong(Long::longValue),
                                open.stream().mapToLong(OffsetHandle::offset))
                        .min();
                var recordable = recordable(assignment);
                if (recordable != null && undone.isPresent()) {
                    assertThat(recordable).as("seed " + seed).isLessThanOrEqualTo(undone.getAsLong());
                }
            }
            queue.forEach(offset -> open.add(receive(assignment, offset)));
            open.forEach(OffsetHandle::complete);
            assignment.recordable().ifPresent(assignment::recorded);
            assertThat(assignment.progress().next()).as("seed " + seed).isEqualTo(next);
            assertThat(assignment.progress().unfinished()).as("seed " + seed).isZero();
            records.clear();
        }
    }

    @Test
    void shouldTellHowFarItIsAndHowOldItsOldestRecordIs() {
        var assignment = begun(7);
        handOver(assignment, 7, 8, 9);
        var first = assignment.received(record(7), 7, 1_000, null).orElseThrow();
        assignment.received(record(8), 8, 900, null);

        first.complete();

        assertThat(assignment.progress()).isEqualTo(new PartitionProgress(PARTITION, 8, 1, OptionalLong.of(900), true));
    }
}
