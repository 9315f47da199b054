package dev.errand.engine.database;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.Waiting.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.Probe;
import dev.errand.testsupport.Publisher;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.hibernate.engine.spi.SessionImplementor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How threads share one database: there is one pool, and each unit of work has one Session, which all its code gets, which no other
 * unit shares, and which is always released.
 */
@QuarkusTest
@TestProfile(SharedDatabaseTest.ShortTransactions.class)
@Tag("long")
class SharedDatabaseTest {

    private static final int NO_SUCH_THREAD = 1094;

    /** A short timeout, for which a test can wait. */
    public static class ShortTransactions implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.transaction-manager.default-transaction-timeout", "2s",
                    "quarkus.datasource.jdbc.metrics.enabled", "true");
        }
    }

    @Inject
    AgroalDataSource dataSource;

    @Inject
    Probe probe;

    @Inject
    TransactionSynchronizationRegistry transactions;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    private final String user = newUser();

    @Test
    void shouldGiveOneSessionWhereverAUnitOfWorkAsks() {
        publishProbe(user);

        await().atMost(SOON).until(() -> database.points(user) == 1);
        assertThat(probe.attempts.get(user).get(0).sessions()).hasSize(4).allSatisfy(session -> assertThat(session)
                .isSameAs(session(user, 0)));
        assertReleased(session(user, 0));
    }

    @Test
    void shouldNeverShareASessionBetweenConcurrentUnitsOfWork() throws Exception {
        // Given
        var other = newUser();
        var firstIsIn = new CountDownLatch(1);
        var secondIsIn = new CountDownLatch(1);
        probe.steps.put(user, attempted -> {
            firstIsIn.countDown();
            assertThat(secondIsIn.await(1500, java.util.concurrent.TimeUnit.MILLISECONDS))
                    .isTrue();
        });
        probe.steps.put(other, attempted -> secondIsIn.countDown());

        // When
        publishProbe(user);
        assertThat(firstIsIn.await(20, SECONDS)).isTrue();
        publishProbe(other);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 1 && database.points(other) == 1);
        var runs = probe.attempts.get(user);
        var first = runs.get(runs.size() - 1);
        var second = probe.attempts.get(other).get(0);
        assertThat(first.thread()).isNotSameAs(second.thread());
        assertThat(first.sessions().get(0)).isNotSameAs(second.sessions().get(0));
        assertThat(first.context()).isNotSameAs(second.context());
        assertReleased(session(user, 0), session(other, 0));
    }

    @Test
    void shouldRollBackAndReleaseAfterAFailure() {
        // Given
        var runs = new AtomicInteger();
        var seenBySecondRun = new AtomicLong(-1);
        probe.steps.put(user, attempted -> {
            probe.session.flush();
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("on purpose");
            }
            seenBySecondRun.set(database.points(user));
        });

        // When
        publishProbe(user);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 1);
        assertThat(seenBySecondRun).as("what the failed run wrote").hasValue(0);
        assertThat(database.recorded(user)).isEqualTo(1);
        assertThat(session(user, 0)).isNotSameAs(session(user, 1));
        assertReleased(session(user, 0), session(user, 1));
    }

    /** A deadlock does this, and a handler may catch its exception and ignore it. */
    @Test
    void shouldLoseNothingWhenTheTransactionIsRolledBackBehindItsBack() {
        // Given
        var runs = new AtomicInteger();
        probe.steps.put(user, attempted -> {
            if (runs.incrementAndGet() == 1) {
                probe.session.doWork(connection -> {
                    try (var statement = connection.createStatement()) {
                        statement.execute("ROLLBACK");
                    }
                });
            }
        });

        // When
        publishProbe(user);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 1);
        assertThat(runs).hasValue(2);
        assertThat(database.recorded(user)).isEqualTo(1);
    }

    @Test
    void shouldKeepItsWorkersWhenHandlersInterruptThem() {
        var users = IntStream.range(0, 12).mapToObj(i -> newUser()).toList();
        users.forEach(each -> probe.steps.put(each, attempted -> {
            Thread.currentThread().interrupt();
            if (probe.attempts.get(each).size() == 1) {
                throw new InterruptedException("on purpose");
            }
        }));

        users.forEach(this::publishProbe);

        await().atMost(SOON).until(() -> users.stream().allMatch(each -> database.points(each) == 1));
    }

    @Test
    void shouldRollBackAndReleaseAfterATimeout() {
        // Given
        var runs = new AtomicInteger();
        var seenBySecondRun = new AtomicLong(-1);
        probe.steps.put(user, attempted -> {
            probe.session.flush();
            if (runs.incrementAndGet() == 1) {
                await().pollInSameThread()
                        .atMost(SOON)
                        .until(() -> transactions.getTransactionStatus() != Status.STATUS_ACTIVE);
            } else {
                seenBySecondRun.compareAndSet(-1, database.points(user));
            }
        });

        // When
        publishProbe(user);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 1);
        assertThat(seenBySecondRun).as("what the run that took too long wrote").hasValue(0);
        assertThat(runs).hasValueGreaterThan(1);
        assertReleased(session(user, 0), session(user, 1));
    }

    @Test
    void shouldSucceedAtOnceAfterTheServerEndedAllIdleConnections() {
        var burst = IntStream.range(0, 50).mapToObj(i -> newUser()).toList();
        publishProbe(user);
        await().atMost(SOON).until(() -> database.points(user) == 1);
        await().atMost(SOON).until(() -> dataSource.getMetrics().activeCount() == 0);
        var idle = connections();
        idle.forEach(this::end);
        await().atMost(SOON).until(() -> connections().stream().noneMatch(idle::contains));

        burst.forEach(this::publishProbe);

        await().atMost(SOON).until(() -> burst.stream().allMatch(each -> database.points(each) == 1));
        assertThat(idle).isNotEmpty();
        assertThat(burst)
                .allSatisfy(each -> assertThat(probe.attempts.get(each)).hasSize(1));
    }

    private void end(long connection) {
        try {
            database.execute("KILL " + connection);
        } catch (IllegalStateException e) {
            // The pool may have closed this connection meanwhile, because another one was found to be ended.
            if (!(e.getCause() instanceof SQLException sql) || sql.getErrorCode() != NO_SUCH_THREAD) {
                throw e;
            }
        }
    }

    /** The sessions of the pool on the server. This query itself runs in a session of its own, which is left out. */
    private List<Long> connections() {
        return database.rows(
                "SELECT id FROM information_schema.processlist WHERE user = 'errand' AND id <> CONNECTION_ID()",
                row -> row.getLong(1));
    }

    private void assertReleased(SessionImplementor... sessions) {
        for (var session : sessions) {
            await().atMost(SOON).until(() -> !session.isOpen());
        }
        await().atMost(SOON).until(() -> dataSource.getMetrics().activeCount() == 0);
    }

    private SessionImplementor session(String ofUser, int run) {
        return probe.attempts.get(ofUser).get(run).sessions().get(0);
    }

    private void publishProbe(String ofUser) {
        publisher.publish(record(newId(), "test.probe", ofUser, "{}"));
    }
}
