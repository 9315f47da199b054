package dev.errand.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Action;
import dev.errand.engine.dispatch.Requeue;
import dev.errand.engine.error.CauseLog;
import dev.errand.engine.error.Failure;
import dev.errand.engine.error.HandlerException;
import dev.errand.engine.error.InfrastructureException;
import dev.errand.engine.error.TransactionTimeoutException;
import dev.errand.engine.handlers.GivenHandlers;
import dev.errand.engine.liveness.Sleeper;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.observation.WorkObserver.Outcome;
import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.ParkedAction;
import dev.errand.engine.record.InFlightRecord;
import dev.errand.engine.retry.DeadLetterConfig;
import dev.errand.engine.retry.FailurePolicy;
import dev.errand.engine.retry.RetryConfig;
import dev.errand.handler.NonRetryableException;
import dev.errand.testsupport.GivenRecord;
import dev.errand.testsupport.Seen;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.IntStream;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.Test;

/** How a batch is processed. The unit of work is a function that commits or fails as the test wants. */
class BatchProcessorTest {

    private final Set<String> committed = new LinkedHashSet<>();
    private final List<ParkedAction> parked = new ArrayList<>();
    private FailurePolicy rules = rules(Map.of());
    private Parking parking = failed -> {};
    private final List<Integer> unitSizes = new ArrayList<>();
    private final Seen seen = new Seen();
    private int pauses;
    private boolean databaseWorks;

    /** What a unit of work does in a test. */
    @FunctionalInterface
    private interface Work {
        void on(List<BoundAction> actions) throws Exception;
    }

    /** What parking failed actions does in a test. */
    @FunctionalInterface
    private interface Parking {
        void on(List<ParkedAction> failed) throws Exception;
    }

    static FailurePolicy rules(Map<String, String> configuration) {
        var config = new SmallRyeConfigBuilder()
                .withMapping(RetryConfig.class)
                .withMapping(DeadLetterConfig.class)
                .withDefaultValues(configuration)
                .withConverter(Duration.class, 100, new DurationConverter())
                .build();
        return new FailurePolicy(
                config.getConfigMapping(RetryConfig.class),
                config.getConfigMapping(DeadLetterConfig.class),
                GivenHandlers.NONE);
    }

    private static List<InFlightRecord> records(int users, int each) {
        var all = new ArrayList<InFlightRecord>();
        for (int number = 1; number <= each; number++) {
            for (int user = 0; user < users; user++) {
                all.add(new GivenRecord("u" + user, number));
            }
        }
        return all;
    }

    private List<Requeue<InFlightRecord>> run(List<InFlightRecord> records, Work work) {
        return run(records, work, new SafeObserver(seen));
    }

    private List<Requeue<InFlightRecord>> run(List<InFlightRecord> records, Work work, SafeObserver observed) {
        var counted = new UnitOfWork() {
            @Override
            public BatchResult run(List<BoundAction> actions) throws Exception {
                unitSizes.add(actions.size());
                work.on(actions);
                actions.forEach(action -> committed.add(action.action().key().id()));
                return new BatchResult(actions, List.of(), List.of(), List.of());
            }

            @Override
            public List<IdentityConflict> park(List<ParkedAction> failed, BooleanSupplier stillWanted)
                    throws Exception {
                parking.on(failed);
                parked.addAll(failed);
                return List.of();
            }

            @Override
            public boolean databaseWorks() {
                return databaseWorks;
            }
        };
        Sleeper pause = duration -> {
            pauses += duration.isZero() ? 0 : 1;
            return pauses < 100;
        };
        var heartbeat = new ThreadHeartbeat("this", Duration.ofMinutes(1), System::nanoTime);
        var watched = new ObservedUnit(counted, observed, new Traces(OpenTelemetry.noop(), true), heartbeat);
        var log = new BatchLog(new RateLimitedLog(), new CauseLog(true));
        return new BatchProcessor(GivenHandlers.NONE, rules, watched, observed, log, pause, Clock.systemUTC())
                .process(records);
    }

    private static String id(BoundAction action) {
        return action.action().key().id();
    }

    @Test
    void shouldCompleteAllInOneUnitOfWorkWhenAllGoesWell() {
        var records = records(10, 3);

        var retries = run(records, actions -> {});

        assertThat(retries).isEmpty();
        assertThat(unitSizes).containsExactly(30);
        assertThat(records).allMatch(record -> ((GivenRecord) record).completed);
    }

    @Test
    void shouldCommitAllOthersWhenAHandlerFails() {
        // When
        var retries = run(records(3, 3), actions -> {
            for (var action : actions) {
                if (id(action).equals("u1:2")) {
                    throw new HandlerException(action.index(), action.action(), new IllegalStateException());
                }
            }
        });

        // Then
        assertThat(committed).containsExactlyInAnyOrder("u0:1", "u0:2", "u0:3", "u1:1", "u2:1", "u2:2", "u2:3");
        assertThat(retries).hasSize(1);
        assertThat(retries.get(0).items()).extracting(Object::toString).containsExactly("u1:2", "u1:3");
        assertThat(retries.get(0).items())
                .extracting(each -> each.failures().size())
                .containsExactly(1, 0);
        assertThat(unitSizes).containsExactly(9, 7);
    }

    @Test
    void shouldTellWhatBecameOfActionsOnlyWhenItIsCommitted() {
        var attempts = new int[1];

        run(records(2, 1), actions -> {
            if (++attempts[0] == 1) {
                throw new SQLException("deadlock", "40001", 1213);
            }
            if (attempts[0] == 2) {
                throw new HandlerException(0, actions.get(0).action(), new IllegalStateException());
            }
        });

        assertThat(seen.news)
                .containsExactly(
                        "rolled back", "again CONFLICT", "rolled back", "FAILED u0:1", "DONE u1:1", "committed");
    }

    @Test
    void shouldTellOfWhatIsKeptWhenItIsCommitted() {
        rules = rules(Map.of("errand.retry.attempts-in-memory", "1"));
        List<InFlightRecord> records = List.of(new GivenRecord("u0", 1), new GivenRecord("u1", 7, "no JSON"));

        run(records, actions -> {
            throw new HandlerException(0, actions.get(0).action(), new IllegalStateException());
        });

        assertThat(seen.news)
                .containsExactly("rolled back", "FAILED u0:1", "PARKED u0:1", "unreadable t-0@7", "committed");
    }

    @Test
    void shouldLogWhereAFailedActionIsAndNothingOfWhatIsInIt() {
        // Given
        rules = rules(Map.of("errand.retry.attempts-in-memory", "1"));
        List<InFlightRecord> records = List.of(new GivenRecord("u0", 5), new GivenRecord("u1", 7, "token 4111"));
        List<String> lines = new ArrayList<>();
        var here = Thread.currentThread();
        var log = Logger.getLogger(BatchLog.class.getName());
        var handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                // Another thread may log a summary of what other tests logged before.
                if (Thread.currentThread() == here && record.getLevel().intValue() >= Level.INFO.intValue()) {
                    lines.add(MDC.get("topic") + "-" + MDC.get("partition") + "@" + MDC.get("offset") + " "
                            + new SimpleFormatter().format(record) + Arrays.toString(record.getParameters()));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };

        // When
        log.addHandler(handler);
        try {
            run(records, actions -> {
                throw new HandlerException(0, actions.get(0).action(), new IllegalStateException("card 4111"));
            });
        } finally {
            log.removeHandler(handler);
        }

        // Then
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith("t-0@7 ").doesNotContain("4111").doesNotContain("u1");
        assertThat(lines.get(1))
                .startsWith("t-0@5 ")
                .contains(IllegalStateException.class.getName())
                .doesNotContain("4111")
                .doesNotContain("u0");
        assertThat(MDC.get("offset")).isNull();
    }

    @Test
    void shouldCompleteWhatIsCommittedWhenAnObserverFails() {
        var records = records(1, 1);
        var broken = new SafeObserver(new Seen() {
            @Override
            public void onOutcome(Outcome outcome, List<? extends Action<?>> actions) {
                throw new IllegalStateException("The metrics are full");
            }
        });

        run(records, actions -> {}, broken);

        assertThat(records).allMatch(record -> ((GivenRecord) record).completed);
        assertThat(unitSizes).containsExactly(1);
    }

    @Test
    void shouldFindGuiltyActionsByHalvingWhenOnlyTheFlushFails() {
        var bad = Set.of("u3:1", "u7:4");

        var retries = run(records(10, 5), actions -> {
            if (actions.stream().anyMatch(action -> bad.contains(id(action)))) {
                throw new SQLException("Data too long", "22001", 1406);
            }
        });

        assertThat(committed).hasSize(50 - 5 - 2);
        assertThat(parked).extracting(ParkedAction::user).containsExactlyInAnyOrder("u3", "u7");
        assertThat(retries.stream().map(retry -> retry.items().toString()))
                .containsExactlyInAnyOrder("[u3:2, u3:3, u3:4, u3:5]", "[u7:5]");
        assertThat(pauses).isZero();
        assertThat(unitSizes.size()).as("units of work for two guilty of fifty").isLessThan(25);
    }

    @Test
    void shouldRunTheSameBatchAgainAfterAConflictOrAnUnknownCommit() {
        var trouble = List.of(
                new SQLException("Deadlock", "40001", 1213),
                new SQLException("Lock wait timeout", "HY000", 1205),
                new RollbackException("could not commit"));

        var retries = run(records(2, 1), actions -> {
            if (unitSizes.size() <= trouble.size()) {
                throw trouble.get(unitSizes.size() - 1);
            }
        });

        assertThat(retries).isEmpty();
        assertThat(unitSizes).containsExactly(2, 2, 2, 2);
    }

    @Test
    void shouldNotLetOneActionsEndlessConflictHoldUpOthers() {
        var retries = run(records(4, 1), actions -> {
            if (actions.stream().anyMatch(action -> id(action).equals("u2:1"))) {
                throw new SQLException("Lock wait timeout", "HY000", 1205);
            }
        });

        assertThat(committed).containsExactlyInAnyOrder("u0:1", "u1:1", "u3:1");
        assertThat(retries).hasSize(1);
    }

    @Test
    void shouldHoldTheBatchWhileTheDatabaseIsAwayAndBlameNobody() {
        var records = records(3, 2);

        var retries = run(records, actions -> {
            if (unitSizes.size() < 50) {
                throw new SQLException("Communications link failure", "08S01", 0);
            }
        });

        assertThat(retries).isEmpty();
        assertThat(committed).hasSize(6);
        assertThat(records).extracting(each -> each.failures().size()).containsOnly(0);
    }

    @Test
    void shouldNotTakeOneHandlersTroubleForAnOutage() {
        databaseWorks = true;

        var retries = run(records(4, 2), actions -> {
            for (var action : actions) {
                if (id(action).equals("u1:1")) {
                    throw new HandlerException(
                            action.index(), action.action(), new SQLException("No such table", "42S02", 1146));
                }
            }
        });

        assertThat(committed).hasSize(6);
        assertThat(retries).hasSize(1);
        assertThat(retries.get(0).items()).extracting(Object::toString).containsExactly("u1:1", "u1:2");
    }

    @Test
    void shouldHoldWithoutBlameWhenTimeIsUpOutsideOfHandlersAndTheDatabaseDoesNotWork() {
        var records = records(3, 2);

        var retries = run(records, actions -> {
            if (unitSizes.size() < 20) {
                throw InfrastructureException.late(new SQLException("Query execution was interrupted", "70100", 1317));
            }
        });

        assertThat(retries).isEmpty();
        assertThat(committed).hasSize(6);
        assertThat(unitSizes).containsOnly(6);
        assertThat(records).extracting(each -> each.failures().size()).containsOnly(0);
    }

    @Test
    void shouldLetOthersPassWhatTheDatabaseKeepsFromBeingDoneAndBlameNobody() {
        // Given
        databaseWorks = true;
        var records = records(4, 2);

        // When
        var retries = run(records, actions -> {
            if (actions.stream().anyMatch(action -> id(action).equals("u2:1"))) {
                throw InfrastructureException.late(new SQLException("Query execution was interrupted", "70100", 1317));
            }
        });

        // Then
        assertThat(committed).hasSize(6);
        assertThat(retries).singleElement().satisfies(retry -> {
            assertThat(retry.items()).extracting(Object::toString).containsExactly("u2:1", "u2:2");
            assertThat(retry.after()).isEqualTo(BatchState.WHILE_POSTPONED);
        });
        assertThat(parked).isEmpty();
        assertThat(records).extracting(each -> each.failures().size()).containsOnly(0);
    }

    @Test
    void shouldPutOffAllActionsOfATypeAtOnceWhenMySqlKeepsItsHandlerWaiting() {
        databaseWorks = true;

        var retries = run(records(4, 2), actions -> {
            var first = actions.get(0);
            throw InfrastructureException.lockWait("Waiting for table metadata lock", first.index(), new Exception());
        });

        assertThat(unitSizes).containsExactly(8);
        assertThat(retries).hasSize(4);
        assertThat(parked).isEmpty();
    }

    @Test
    void shouldNotBlameALockThatErrandItselfWaitsForHoweverLong() {
        databaseWorks = true;
        var records = records(3, 1);

        var retries = run(records, actions -> {
            if (actions.stream().anyMatch(action -> id(action).equals("u1:1"))) {
                throw InfrastructureException.outsideHandlers(new SQLException("Lock wait timeout", "HY000", 1205));
            }
        });

        assertThat(committed).containsExactlyInAnyOrder("u0:1", "u2:1");
        assertThat(retries).hasSize(1);
        assertThat(records).extracting(each -> each.failures().size()).containsOnly(0);
    }

    @Test
    void shouldAskTheDatabaseBeforeItBlamesAHandlerForItsTimeout() {
        var records = records(1, 1);
        databaseWorks = false;

        run(records, actions -> {
            databaseWorks = unitSizes.size() > 3;
            throw new HandlerException(0, actions.get(0).action(), new TimeoutException("late"));
        });

        assertThat(unitSizes).hasSize(4);
        assertThat(records.get(0).failures()).hasSize(1);
    }

    @Test
    void shouldNotBlameTheHandlerThatRanWhenABatchWasTooLongForItsTime() {
        databaseWorks = true;
        var records = records(4, 1);

        var retries = run(records, actions -> {
            if (actions.size() > 1) {
                throw new TransactionTimeoutException(new TimeoutException("late"), new InterruptedException());
            }
        });

        assertThat(retries).isEmpty();
        assertThat(committed).hasSize(4);
        assertThat(records).extracting(each -> each.failures().size()).containsOnly(0);
    }

    @Test
    void shouldBlameWhoseDataIsWrongNotWhoseQueryFlushedIt() {
        var retries = run(records(4, 1), actions -> {
            var ids = actions.stream().map(BatchProcessorTest::id).toList();
            if (ids.contains("u1:1")) {
                var innocent = actions.get(actions.size() - 1);
                throw new HandlerException(
                        innocent.index(), innocent.action(), new SQLException("Column cannot be null", "23000", 1048));
            }
        });

        assertThat(committed).containsExactlyInAnyOrder("u0:1", "u2:1", "u3:1");
        assertThat(retries).isEmpty();
        assertThat(parked).extracting(ParkedAction::user).containsExactly("u1");
    }

    @Test
    void shouldGiveUpWithoutCompletingWhenEverythingStops() {
        var records = records(3, 2);

        var retries = run(records, actions -> {
            throw new SQLException("Communications link failure", "08S01", 0);
        });

        assertThat(retries).isEmpty();
        assertThat(records).noneMatch(record -> ((GivenRecord) record).completed);
    }

    @Test
    void shouldLetGoOfWhatAnotherProcessWillGet() {
        var records = records(2, 1);

        run(records, actions -> {
            if (unitSizes.size() == 1) {
                ((GivenRecord) records.get(0)).abandoned = true;
                throw new SQLException("Communications link failure", "08S01", 0);
            }
        });

        assertThat(committed).containsExactly("u1:1");
        assertThat(((GivenRecord) records.get(0)).completed).isFalse();
    }

    @Test
    void shouldLeaveOutWhatWasFoundToBeAbandonedOnceItHadAConnection() {
        var records = records(2, 1);

        var retries = run(records, actions -> {
            if (unitSizes.size() == 1) {
                ((GivenRecord) records.get(0)).abandoned = true;
                throw new AbandonedException();
            }
        });

        assertThat(committed).containsExactly("u1:1");
        assertThat(((GivenRecord) records.get(0)).completed).isFalse();
        assertThat(retries).isEmpty();
        assertThat(pauses).isZero();
    }

    @Test
    void shouldNotKeepWhatWasFoundToBeAbandonedOnceItHadAConnection() {
        // Given
        var records = records(2, 1);
        records.forEach(each -> each.failed(Failure.of(new NonRetryableException("on purpose"), true, Instant.EPOCH)));
        parking = failed -> {
            if (failed.size() == 2) {
                ((GivenRecord) records.get(0)).abandoned = true;
                throw new AbandonedException();
            }
        };

        // When
        run(records, actions -> {});

        // Then
        assertThat(parked).extracting(ParkedAction::user).containsExactly("u1");
        assertThat(((GivenRecord) records.get(0)).completed).isFalse();
        assertThat(((GivenRecord) records.get(1)).completed).isTrue();
    }

    @Test
    void shouldParkAnActionWhenItsAttemptsInMemoryAreUsedUpAndRequeueTheUsersLaterOnes() {
        // Given
        var records = records(2, 3);
        records.get(1).failed(Failure.of(new Exception("first"), false, Instant.EPOCH));
        records.get(1).failed(Failure.of(new Exception("second"), false, Instant.EPOCH));

        // When
        var retries = run(records, actions -> {
            for (var action : actions) {
                if (id(action).equals("u1:1")) {
                    throw new HandlerException(action.index(), action.action(), new IllegalStateException("third"));
                }
            }
        });

        // Then
        assertThat(parked).singleElement().satisfies(kept -> {
            assertThat(kept.failures()).extracting(Failure::message).containsExactly("first", "second", "third");
            assertThat(kept.failures().get(2).errorClass()).isEqualTo("java.lang.IllegalStateException");
            assertThat(kept.retryAfter()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
            assertThat(kept.blocking()).isTrue();
        });
        assertThat(retries).singleElement().satisfies(retry -> {
            assertThat(retry.items().toString()).isEqualTo("[u1:2, u1:3]");
            assertThat(retry.after()).isZero();
        });
        assertThat(((GivenRecord) records.get(1)).completed).isTrue();
    }

    @Test
    void shouldKeepWhatCantBeReadWithoutHoldingUpAnybody() {
        var records = List.<InFlightRecord>of(
                new GivenRecord("u0", 1), new GivenRecord("u0", 2, "no JSON"), new GivenRecord("u0", 3));

        var retries = run(records, actions -> {});

        assertThat(retries).isEmpty();
        assertThat(committed).containsExactly("u0:1", "u0:3");
        assertThat(parked).singleElement().satisfies(kept -> {
            assertThat(kept.action()).isNull();
            assertThat(kept.retryAfter()).isNull();
            assertThat(kept.blocking()).isFalse();
            assertThat(kept.failures().get(0).message()).isEqualTo("no JSON");
        });
        assertThat(records).allMatch(record -> ((GivenRecord) record).completed);
    }

    @Test
    void shouldHoldUpTheUserBehindWhatCantBeReadWhereThatIsConfigured() {
        rules = rules(Map.of("errand.dead-letter.unreadable", "block"));
        var records = List.<InFlightRecord>of(
                new GivenRecord("u0", 1), new GivenRecord("u0", 2, "no JSON"), new GivenRecord("u0", 3));

        var retries = run(records, actions -> {});

        assertThat(committed).containsExactly("u0:1");
        assertThat(parked).singleElement().satisfies(kept -> assertThat(kept.blocking())
                .isTrue());
        assertThat(retries)
                .singleElement()
                .satisfies(retry -> assertThat(retry.items().toString()).isEqualTo("[u0:3]"));
    }

    @Test
    void shouldTryAgainLaterWhatCantBeKept() {
        // Given
        var records = List.<InFlightRecord>of(
                new GivenRecord("u0", 1, "no JSON"), new GivenRecord("u1", 2, "poison"), new GivenRecord("u0", 3));
        parking = failed -> {
            if (failed.stream()
                    .anyMatch(each -> each.failures().get(0).message().equals("poison"))) {
                throw new SQLException("Data too long", "22001", 1406);
            }
        };

        // When
        var retries = run(records, actions -> {});

        // Then
        assertThat(parked).extracting(ParkedAction::user).containsExactly("u0");
        assertThat(retries).singleElement().satisfies(retry -> {
            assertThat(retry.items().toString()).isEqualTo("[u1:2]");
            assertThat(retry.after()).isPositive();
        });
    }

    /** With random failures, each user's actions commit in order and only once, and none overtakes a failed one. */
    @Test
    void shouldKeepOrderWhateverFails() {
        for (long seed = 1; seed <= 2000; seed++) {
            // Given
            var random = new Random(seed);
            var records = records(1 + random.nextInt(5), 1 + random.nextInt(8));
            var byHandler = new HashSet<String>();
            var byFlush = new HashSet<String>();
            records.forEach(record -> {
                if (random.nextInt(10) == 0) {
                    (random.nextBoolean() ? byHandler : byFlush).add(record.toString());
                }
            });
            committed.clear();
            parked.clear();
            pauses = 0;
            var as = "seed " + seed;

            // When
            var retries = run(records, actions -> {
                if (random.nextInt(10) == 0) {
                    throw new SQLException("Deadlock", "40001", 1213);
                }
                for (var action : actions) {
                    assertThat(committed).as(as).doesNotContain(id(action));
                    if (byHandler.contains(id(action))) {
                        throw new HandlerException(action.index(), action.action(), new Exception());
                    }
                }
                if (actions.stream().anyMatch(action -> byFlush.contains(id(action)))) {
                    throw new SQLException("Column cannot be null", "23000", 1048);
                }
            });

            // Then
            var held = retries.stream().flatMap(retry -> retry.items().stream()).toList();
            for (var record : records) {
                var given = (GivenRecord) record;
                var kept = parked.stream()
                        .anyMatch(each -> each.action() != null
                                && each.action().key().id().equals(given.toString()));
                assertThat(given.completed).as(as).isEqualTo(kept || committed.contains(given.toString()));
                assertThat(kept && committed.contains(given.toString())).as(as).isFalse();
                assertThat(held.contains(given)).as(as).isEqualTo(!given.completed);
            }
            for (var retry : retries) {
                var first = (GivenRecord) retry.items().get(0);
                assertThat(retry.items()).as(as).allMatch(item -> item.user().equals(first.user));
                assertThat(IntStream.range(1, first.number).mapToObj(i -> first.user + ":" + i))
                        .as(as + ": what came before the failed one is committed, but for what is kept")
                        .allMatch(id -> committed.contains(id) || byFlush.contains(id));
            }
            for (var each : parked) {
                var id = each.action().key().id();
                var number = Integer.parseInt(id.substring(id.indexOf(':') + 1));
                assertThat(IntStream.range(1, number).mapToObj(i -> each.user() + ":" + i))
                        .as(as + ": what came before the kept one is committed")
                        .allMatch(committed::contains);
            }
        }
    }
}
