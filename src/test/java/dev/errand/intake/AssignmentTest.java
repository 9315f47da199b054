package dev.errand.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AssignmentTest {

    private static final TopicPartition PARTITION = new TopicPartition("user-actions", 0);

    @Test
    void shouldCommitNothingPastAnUnsettledRecord() {
        var assignment = new Assignment(PARTITION, 1);
        var first = assignment.received(10, 0);
        var second = assignment.received(11, 0);

        second.settle();
        assertThat(assignment.committable()).isEmpty();
        first.settle();
        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(12));
    }

    @Test
    void shouldOfferAnOffsetAgainUntilItIsCommitted() {
        var assignment = new Assignment(PARTITION, 1);
        assignment.received(10, 0).settle();

        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(11));
        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(11));
        assignment.committed(11);
        assertThat(assignment.committable()).isEmpty();
    }

    @Test
    void shouldPassOverGapsInTheOffsets() {
        var assignment = new Assignment(PARTITION, 1);
        assignment.received(10, 0).settle();
        assignment.received(15, 0).settle();

        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(16));
    }

    @Test
    void shouldCommitWhatIsNoRecordOnceAllBeforeItIsSettled() {
        var assignment = new Assignment(PARTITION, 1);
        assignment.handedOver(10, 11, 13);
        assertThat(assignment.committable()).as("on its way").isEmpty();
        var first = assignment.received(10, 0);
        first.settle();
        assertThat(assignment.committable()).as("one on its way").isEqualTo(OptionalLong.of(11));
        var second = assignment.received(11, 0);
        assertThat(assignment.committable()).as("one unsettled").isEqualTo(OptionalLong.of(11));

        second.settle();
        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(13));
        assignment.passedOver(15);
        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(15));
        assignment.committed(15);
        assertThat(assignment.committable()).isEmpty();
        assignment.handedOver(17, 18, 19);
        assertThat(assignment.committable()).as("two on their way").isEmpty();
    }

    @Test
    void shouldCommitWhatIsNoRecordBeforeAnyRecordCame() {
        var assignment = new Assignment(PARTITION, 1);
        assertThat(assignment.committable()).isEmpty();

        assignment.passedOver(8);

        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(8));
    }

    @Test
    void shouldNotTakeARecordLeftOverFromBefore() {
        var assignments = new Assignments();
        var before = assignments.assigned(PARTITION, 3);
        var old = assignments.received(PARTITION, 40, 0, 3).orElseThrow();

        assignments.revoked(before);
        assertThat(assignments.received(PARTITION, 41, 0, 3))
                .as("while it is away")
                .isEmpty();
        var after = assignments.assigned(PARTITION, 5);

        assertThat(assignments.received(PARTITION, 41, 0, 3))
                .as("polled before")
                .isEmpty();
        assertThat(old.revoked()).isTrue();
        old.settle();
        assertThat(after.committable()).isEmpty();
        assignments.received(PARTITION, 40, 0, 5).orElseThrow().settle();
        assertThat(after.committable()).isEqualTo(OptionalLong.of(41));
    }

    @Test
    void shouldKeepTheAssignmentOfAnotherConsumerOfThisProcess() {
        var assignments = new Assignments();
        var expelled = assignments.assigned(PARTITION, 3);
        assignments.assigned(PARTITION, 4);

        assignments.revoked(expelled);

        assertThat(assignments.received(PARTITION, 40, 0, 4)).isPresent();
    }

    @Test
    void shouldKeepAnAssignmentThroughRebalancesThatDoNotTouchIt() {
        var assignments = new Assignments();
        assignments.assigned(PARTITION, 3);

        assertThat(assignments.received(PARTITION, 40, 0, 4)).isPresent();
    }

    @Test
    void shouldRememberOnlyWhatIsUnsettled() {
        var assignment = new Assignment(PARTITION, 1);
        assignment.received(0, 0);
        for (int offset = 1; offset < 1000; offset++) {
            assignment.received(offset, 0).settle();
        }

        assertThat(assignment.progress().unfinished()).isEqualTo(1);
        assertThat(assignment.committable()).isEmpty();
    }

    @Test
    void shouldFollowALogThatWasCut() {
        var assignment = new Assignment(PARTITION, 1);
        assignment.received(100, 0).settle();
        assignment.committed(101);

        var after = assignment.received(50, 0);

        assertThat(assignment.committable()).isEmpty();
        after.settle();
        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(51));
    }

    @Test
    void shouldKnowNothingOfALogThatWasCutUntilItsRecordsAreReceived() {
        var assignment = new Assignment(PARTITION, 1);
        assignment.handedOver(100, 100, 102);
        assignment.received(100, 0).settle();
        assignment.committed(102);

        assignment.handedOver(0, 100, 102);

        assertThat(assignment.committable()).isEmpty();
        assertThat(assignment.progress().next()).isEqualTo(-1);
        assignment.received(0, 0).settle();
        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(1));
    }

    @Test
    void shouldCommitNothingPastAnUnsettledRecordBeforeTheCut() {
        var assignment = new Assignment(PARTITION, 1);
        assignment.handedOver(40, 100, 101);
        var before = assignment.received(40, 0);
        assignment.received(50, 0);

        assignment.handedOver(50, 60, 61);
        assignment.received(50, 0).settle();
        assignment.received(60, 0).settle();

        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(40));
        before.settle();
        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(61));
    }

    @Test
    void shouldCommitNothingOfALogThatWasCutWhileRecordsOfBeforeAreOnTheirWay() {
        var assignment = new Assignment(PARTITION, 1);
        assignment.handedOver(0, 12, 13);
        var undone = assignment.received(0, 0);

        assignment.handedOver(0, 3, 4);
        for (long offset = 1; offset <= 12; offset++) {
            assignment.received(offset, 0).settle();
        }
        assertThat(assignment.committable()).as("undone before them").isEmpty();
        var again = assignment.received(0, 0);
        undone.settle();
        assertThat(assignment.committable()).as("another record's receipt").isEmpty();

        again.settle();
        assertThat(assignment.committable()).isEqualTo(OptionalLong.of(1));
    }

    @Test
    void shouldNeverCommitTooFarOrGoBackHoweverRecordsAreSettled() {
        for (long seed = 1; seed <= 2000; seed++) {
            var random = new Random(seed);
            var assignment = new Assignment(PARTITION, 1);
            var queue = new ArrayDeque<Long>();
            var open = new ArrayList<Assignment.Receipt>();
            long reached = -1;
            long next = random.nextInt(100);
            for (int step = 0; step < 100; step++) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        var first = next;
                        for (int i = random.nextInt(3); i >= 0; i--) {
                            queue.add(next);
                            next += 1 + random.nextInt(2);
                        }
                        assignment.handedOver(first, queue.getLast(), next);
                    }
                    case 1 -> assignment.passedOver(next += random.nextInt(2));
                    case 2 -> {
                        if (!queue.isEmpty()) {
                            open.add(assignment.received(queue.remove(), 0));
                        }
                    }
                    default -> {
                        if (!open.isEmpty()) {
                            open.remove(random.nextInt(open.size())).settle();
                        }
                    }
                }
                assertThat(assignment.progress().next()).as("seed " + seed).isGreaterThanOrEqualTo(reached);
                reached = assignment.progress().next();
                var undone = LongStream.concat(
                                queue.stream().mapToLong(Long::longValue),
                                open.stream().mapToLong(Assignment.Receipt::offset))
                        .min();
                var committable = assignment.committable();
                if (committable.isPresent() && undone.isPresent()) {
                    assertThat(committable.getAsLong()).as("seed " + seed).isLessThanOrEqualTo(undone.getAsLong());
                }
            }
            queue.forEach(offset -> open.add(assignment.received(offset, 0)));
            open.forEach(Assignment.Receipt::settle);
            assignment.committable().ifPresent(assignment::committed);
            assertThat(assignment.progress().next()).as("seed " + seed).isIn(next, -1L);
            assertThat(assignment.progress().unfinished()).as("seed " + seed).isZero();
        }
    }

    @Test
    void shouldTellHowFarItIsAndHowOldItsOldestRecordIs() {
        var assignment = new Assignment(PARTITION, 1);
        assertThat(assignment.progress().next()).isEqualTo(-1);
        var first = assignment.received(7, 1_000);
        assignment.received(8, 900);

        first.settle();

        assertThat(assignment.progress()).isEqualTo(new Assignment.Progress(PARTITION, 8, 1, OptionalLong.of(900)));
    }
}
