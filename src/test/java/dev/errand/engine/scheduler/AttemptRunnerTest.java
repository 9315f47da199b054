package dev.errand.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.CauseLog;
import dev.errand.engine.error.Failure;
import dev.errand.engine.error.InfrastructureException;
import dev.errand.engine.error.TransactionTimeoutException;
import dev.errand.engine.handlers.GivenHandlers;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.parking.AlreadyProcessedException;
import dev.errand.engine.parking.ChangedDuringAttemptException;
import dev.errand.engine.parking.ClaimedAttempt;
import dev.errand.engine.quarantine.RunLock;
import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** How scheduled attempts end. The test gives a function for what the database does. */
class AttemptRunnerTest {

    private final List<String> log = new ArrayList<>();
    private final Queue<ClaimedAttempt> due = new ArrayDeque<>();
    private boolean databaseWorks = true;
    private int pauses;
    private Attempt attempt = action -> Optional.empty();

    /** What an attempt does in a test. */
    @FunctionalInterface
    private interface Attempt {
        Optional<ClaimedAttempt> at(ClaimedAttempt due) throws Exception;
    }

    private final class Store implements AttemptRunner.Store {
        @Override
        public Optional<ClaimedAttempt> claim() {
            return Optional.ofNullable(due.poll());
        }

        @Override
        public Optional<ClaimedAttempt> attempt(ClaimedAttempt each, List<Run<?>> runs) throws Exception {
            log.add("attempt " + each.seq());
            return attempt.at(each);
        }

        @Override
        public Optional<ClaimedAttempt> resolve(ClaimedAttempt each) {
            log.add("resolve " + each.seq());
            return Optional.empty();
        }

        @Override
        public boolean failed(ClaimedAttempt each, Failure failure) {
            log.add("failed " + each.seq() + " " + failure.errorClass() + (failure.permanent() ? " for good" : ""));
            return failure.permanent();
        }

        @Override
        public void giveBack(ClaimedAttempt each, Duration until) {
            log.add("give back " + each.seq());
        }

        @Override
        public void prolong(ClaimedAttempt each) {
            log.add("prolong " + each.seq());
        }

        @Override
        public boolean databaseWorks() {
            return databaseWorks;
        }
    }

    /** Runs until nothing is due. */
    private void run() {
        var retrier = new AttemptRunner(
                new Store(),
                GivenHandlers.NONE,
                new RateLimitedLog(),
                new RunLock(),
                new ThreadHeartbeat("a retrier", Duration.ofMinutes(1), System::nanoTime),
                duration -> ++pauses < 30,
                Duration.ofMillis(1),
                Clock.systemUTC(),
                new CauseLog(true));
        retrier.run();
    }

    private static ClaimedAttempt due(long seq, int leaseCount) {
        var action = new Action<>(
                new ActionKey("", "a-" + seq), "a.b", "u", Instant.EPOCH, "{}", null, new RecordPosition("t", 0, seq));
        return new ClaimedAttempt(seq, action, 0, 0, leaseCount, true, false);
    }

    @Test
    void shouldGoOnWithTheUsersNextActionAfterASuccess() {
        due.add(due(1, 0));
        attempt = each -> each.seq() < 3 ? Optional.of(due(each.seq() + 1, 0)) : Optional.empty();

        run();

        assertThat(log).containsExactly("attempt 1", "attempt 2", "attempt 3");
    }

    @Test
    void shouldCountAHandlersOwnTroubleThatLooksLikeAnOutage() {
        // Given
        due.add(due(1, 0));
        attempt = each -> {
            throw new SQLException("No such table", "42S02", 1146);
        };

        // When
        run();

        // Then
        assertThat(log)
                .containsExactly(
                        "attempt 1",
                        "prolong 1",
                        "attempt 1",
                        "prolong 1",
                        "attempt 1",
                        "failed 1 java.sql.SQLException");
    }

    @Test
    void shouldNotCountAnOutage() {
        due.add(due(1, 0));
        databaseWorks = false;
        attempt = each -> {
            throw new SQLException("Communications link failure", "08S01", 0);
        };

        run();

        assertThat(log).containsExactly("attempt 1", "give back 1");
    }

    @Test
    void shouldNotCountWhatTheDatabaseKeepsFromBeingDoneThoughItWorks() {
        // Given
        due.add(due(1, 0));
        due.add(due(2, 0));
        due.add(due(3, 0));
        attempt = each -> {
            if (each.seq() == 1) {
                throw InfrastructureException.lockWait("Waiting for table metadata lock", 0, new Exception());
            }
            throw each.seq() == 2
                    ? InfrastructureException.outsideHandlers(new SQLException("Lock wait timeout", "HY000", 1205))
                    : new SQLException("Got error 5 from storage engine", "HY000", 1030);
        };

        // When
        run();

        // Then
        assertThat(log).filteredOn(line -> line.startsWith("failed")).isEmpty();
        assertThat(log).contains("give back 1", "give back 2", "give back 3");
    }

    @Test
    void shouldNotCountATimeoutWhileTheDatabaseDoesNotWork() {
        due.add(due(1, 0));
        databaseWorks = false;
        attempt = each -> {
            throw new TransactionTimeoutException(new TimeoutException("late"), new Exception());
        };

        run();

        assertThat(log).containsExactly("attempt 1", "give back 1");
    }

    @Test
    void shouldNotCountAFullDisk() {
        due.add(due(1, 0));
        attempt = each -> {
            throw new SQLException("The table is full", "HY000", 1114);
        };

        run();

        assertThat(log).containsExactly("attempt 1", "give back 1");
    }

    @Test
    void shouldGoOnAfterWhateverAHandlerThrows() {
        due.add(due(1, 0));
        due.add(due(2, 0));
        attempt = each -> {
            if (each.seq() == 1) {
                throw new OutOfMemoryError("on purpose");
            }
            return Optional.empty();
        };

        run();

        assertThat(log).containsExactly("attempt 1", "failed 1 java.lang.OutOfMemoryError", "attempt 2");
    }

    @Test
    void shouldRunByItselfWhatCameToNoEndAndAfterThreeTimesNotAtAll() {
        // Given
        due.add(due(1, 1));
        due.add(due(2, 2));
        due.add(due(3, 3));

        // When
        run();

        // Then
        assertThat(log)
                .containsExactly(
                        "give back 1",
                        "prolong 1",
                        "attempt 1",
                        "give back 2",
                        "prolong 2",
                        "attempt 2",
                        "failed 3 Unended for good");
    }

    @Test
    void shouldTryAgainAfterAConflictButNotForEver() {
        due.add(due(1, 0));
        attempt = each -> {
            throw new RollbackException("Deadlock");
        };

        run();

        assertThat(log.stream().filter("attempt 1"::equals)).hasSize(5);
        assertThat(log).last().isEqualTo("failed 1 jakarta.transaction.RollbackException");
    }

    @Test
    void shouldResolveWhatIsProcessedAlready() {
        due.add(due(1, 0));
        attempt = each -> {
            throw new AlreadyProcessedException();
        };

        run();

        assertThat(log).containsExactly("attempt 1", "resolve 1");
    }

    @Test
    void shouldLeaveAloneWhatSomebodyChangedMeanwhile() {
        due.add(due(1, 0));
        attempt = each -> {
            throw new ChangedDuringAttemptException(each.seq());
        };

        run();

        assertThat(log).containsExactly("attempt 1");
    }
}
