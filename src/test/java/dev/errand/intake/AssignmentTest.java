package dev.errand.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.OptionalLong;
import java.util.Random;
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
    void shouldNeverCommitTooFarHoweverRecordsAreSettled() {
        for (long seed = 1; seed <= 2000; seed++) {
            var random = new Random(seed);
            var assignment = new Assignment(PARTITION, 1);
            var open = new ArrayList<Assignment.Receipt>();
            long next = random.nextInt(100);
            for (int step = 0; step < 100; step++) {
                if (random.nextBoolean()) {
                    open.add(assignment.received(next, 0));
                    next += 1 + random.nextInt(2);
                } else if (!open.isEmpty()) {
                    open.remove(random.nextInt(open.size())).settle();
                }
                var lowestOpen =
                        open.stream().mapToLong(Assignment.Receipt::offset).min();
                var committable = assignment.committable();
                if (committable.isPresent() && lowestOpen.isPresent()) {
                    assertThat(committable.getAsLong()).as("seed " + seed).isLessThanOrEqualTo(lowestOpen.getAsLong());
                }
            }
            open.forEach(Assignment.Receipt::settle);
            assignment.committable().ifPresent(assignment::committed);
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
