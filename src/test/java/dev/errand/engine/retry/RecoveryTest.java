package dev.errand.engine.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.engine.error.DatabaseUnavailableException;
import dev.errand.engine.retry.Recovery.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecoveryTest {

    private static final SQLException DEADLOCK = new SQLException("Deadlock found", "40001", 1213);
    private static final SQLException CONNECTION_LOST = new SQLException("Communications link failure", "08S01", 0);
    private static final SQLException CRASHED_TABLE = new SQLException("Table is marked as crashed", "HY000", 1194);
    private static final SQLException DUPLICATE_KEY = new SQLException("Duplicate entry", "23000", 1062);

    private final AtomicInteger questions = new AtomicInteger();
    private boolean databaseWorks = true;
    private final Recovery recovery = new Recovery(() -> {
        questions.incrementAndGet();
        return databaseWorks;
    });

    @Test
    void shouldBlameAnActionForItsOwnFaultAtOnce() {
        assertThat(recovery.next(new IllegalStateException("no"))).isEqualTo(Step.GUILTY);
        assertThat(recovery.next(DUPLICATE_KEY)).isEqualTo(Step.GUILTY);
        assertThat(recovery.waits()).isZero();
        assertThat(questions).hasValue(0);
    }

    @Test
    void shouldRunAgainAfterFourConflictsAndThenLookForTheGuiltyOne() {
        assertThat(steps(DEADLOCK, 4)).containsOnly(Step.CONFLICT);
        assertThat(recovery.next(DEADLOCK)).isEqualTo(Step.GUILTY);
        assertThat(recovery.waits())
                .as("a conflict is not a wait for the database")
                .isZero();
    }

    @Test
    void shouldRunAgainAsLongAsTheDatabaseDoesNotWork() {
        databaseWorks = false;

        assertThat(steps(CONNECTION_LOST, 50)).containsOnly(Step.OUTAGE);
        assertThat(recovery.waits()).isEqualTo(50);
        assertThat(recovery.pause()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void shouldBlameAnActionThatTimeAndAgainLosesItsConnectionToADatabaseThatWorks() {
        assertThat(steps(CONNECTION_LOST, 2)).containsOnly(Step.DOUBT);
        assertThat(recovery.next(CONNECTION_LOST)).isEqualTo(Step.GUILTY);

        databaseWorks = false;
        assertThat(recovery.next(CONNECTION_LOST))
                .as("an outage that begins later")
                .isEqualTo(Step.OUTAGE);
    }

    @Test
    void shouldBlameNoActionForWhatTheServerRefusesAlthoughItWorksForOthers() {
        assertThat(steps(CRASHED_TABLE, 2)).containsOnly(Step.DOUBT);
        assertThat(recovery.next(CRASHED_TABLE)).isEqualTo(Step.POSTPONED);
    }

    @Test
    void shouldWaitForAFullDiskButNotForEverWhereTheDatabaseWorksForOthers() {
        var full = new SQLException("The table 'handlers_own' is full", "HY000", 1114);

        assertThat(steps(full, 5)).containsOnly(Step.OUTAGE);
        assertThat(questions).as("small writes succeed on a full disk").hasValue(0);
        assertThat(steps(full, 2)).containsOnly(Step.DOUBT);
        assertThat(recovery.next(full)).isEqualTo(Step.POSTPONED);

        databaseWorks = false;
        assertThat(recovery.next(full)).isEqualTo(Step.OUTAGE);
    }

    @Test
    void shouldNotAskTheDatabaseWhereItIsKnownToBeUnavailable() {
        var unavailable = new DatabaseUnavailableException(new IllegalStateException("the schema is missing"));

        assertThat(steps(unavailable, 5)).containsOnly(Step.OUTAGE);
        assertThat(questions).hasValue(0);
    }

    @Test
    void shouldPauseLongerFromOneErrorToTheNext() {
        databaseWorks = false;

        var pauses = Stream.generate(() -> {
                    recovery.next(CONNECTION_LOST);
                    return recovery.pause();
                })
                .limit(8)
                .toList();

        assertThat(pauses).allSatisfy(pause -> assertThat(pause).isPositive());
        assertThat(pauses.get(7)).isGreaterThan(pauses.get(0));
    }

    private Stream<Step> steps(Throwable error, int times) {
        return Stream.generate(() -> recovery.next(error)).limit(times);
    }
}
