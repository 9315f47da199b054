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
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MySQL answers but keeps Errand waiting, as during backups and changes of tables. No action is charged with an attempt for it. */
@QuarkusTest
@TestProfile(HangingDatabaseTest.ShortTransactions.class)
@Tag("long")
class HangingDatabaseTest {

    /** Longer than all attempts in memory take: if they were counted, the actions would be parked in this time. */
    private static final Duration OUTAGE = Duration.ofSeconds(12);

    /** Several transactions time out during the outage of a test. */
    public static class ShortTransactions implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.transaction-manager.default-transaction-timeout", "2s",
                    "quarkus.datasource.jdbc.additional-jdbc-properties.socketTimeout", "4000",
                    "errand.retry.attempts-in-memory", "2");
        }
    }

    @Inject
    Probe probe;

    @Inject
    DatabaseProbe databaseProbe;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String url;

    private final List<String> users =
            IntStream.range(0, 5).mapToObj(i -> newUser()).toList();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOCK TABLES user_action READ",
                "LOCK TABLES user_activity READ",
                "LOCK TABLES user_action READ, user_activity READ, blocked_user READ, parked_action READ, loyalty_account READ",
                "FLUSH TABLES WITH READ LOCK",
                "LOCK INSTANCE FOR BACKUP; LOCK TABLES blocked_user WRITE",
            })
    void shouldWaitAndChargeNobodyWhileOthersLockItsTables(String lock) throws Exception {
        try (var other = DriverManager.getConnection(url + "&allowMultiQueries=true", "errand", "errand")) {
            execute(other, lock);

            users.forEach(this::publishProbe);

            await().during(OUTAGE).atMost(OUTAGE.plusSeconds(10)).until(() -> attempts() == 0);
        }
        await().atMost(SOON).until(() -> users.stream().allMatch(user -> database.points(user) == 1));
        assertThat(attempts()).isZero();
    }

    @Test
    void shouldWaitAndChargeNobodyWhileATableOfAHandlerIsLocked() throws Exception {
        var bystander = newUser();
        try (var other = connection()) {
            execute(other, "LOCK TABLES loyalty_account READ");

            users.forEach(this::publishProbe);
            publisher.publish(record(newId(), "a.b", bystander, "{}"));

            await().atMost(SOON).until(() -> database.done(bystander) == 1);
            await().during(OUTAGE).atMost(OUTAGE.plusSeconds(10)).until(() -> attempts() == 0);
        }
        await().atMost(SOON).until(() -> users.stream().allMatch(user -> database.points(user) == 1));
        assertThat(attempts()).isZero();
    }

    @Test
    void shouldWaitAndChargeNobodyWhileATableIsAltered() throws Exception {
        // Given
        var executor = Executors.newSingleThreadExecutor();
        try (var reader = connection();
                var ddl = connection()) {
            // An ALTER that waits for a reader keeps all others from the table.
            reader.setAutoCommit(false);
            execute(reader, "SELECT COUNT(*) FROM loyalty_account");
            var altered = executor.submit(() -> execute(ddl, "ALTER TABLE loyalty_account COMMENT = 'altered'"));
            awaitSomebodyWaitingForATable();

            // When
            users.forEach(this::publishProbe);

            // Then
            await().during(OUTAGE).atMost(OUTAGE.plusSeconds(10)).until(() -> attempts() == 0);
            reader.rollback();
            altered.get(20, SECONDS);
        } finally {
            executor.shutdownNow();
        }
        await().atMost(SOON).until(() -> users.stream().allMatch(user -> database.points(user) == 1));
        assertThat(attempts()).isZero();
    }

    @Test
    void shouldApplyAnActionOnceWhenItsCommitIsKeptWaiting() throws Exception {
        // Given
        var user = users.get(0);
        var written = new CountDownLatch(1);
        var locked = new CountDownLatch(1);
        probe.steps.put(user, attempted -> {
            probe.session.flush();
            written.countDown();
            locked.await(1500, java.util.concurrent.TimeUnit.MILLISECONDS);
        });
        publishProbe(user);
        assertThat(written.await(20, SECONDS)).isTrue();

        // When
        try (var other = connection()) {
            execute(other, "FLUSH TABLES WITH READ LOCK");
            locked.countDown();

            // Then
            await().during(OUTAGE).atMost(OUTAGE.plusSeconds(10)).until(() -> attempts() == 0);
        }
        await().atMost(SOON).until(() -> database.points(user) == 1);
        assertThat(attempts()).isZero();
    }

    @Test
    void shouldNotCountAScheduledAttemptThatIsKeptWaiting() throws Exception {
        // Given
        var user = users.get(0);
        var runs = new AtomicInteger();
        var executor = Executors.newSingleThreadExecutor();
        try (var other = connection()) {
            probe.steps.put(user, attempted -> {
                if (runs.incrementAndGet() == 2) {
                    // MySQL grants the lock as soon as this last attempt in memory is rolled back.
                    executor.submit(() -> execute(other, "LOCK TABLES user_activity READ"));
                    awaitSomebodyWaitingForATable();
                }
                if (runs.get() <= 2) {
                    throw new IllegalStateException("on purpose");
                }
            });

            // When
            publishProbe(user);
            await().atMost(SOON).until(() -> attempts() == 1);

            // Then
            await().during(OUTAGE).atMost(OUTAGE.plusSeconds(10)).until(() -> database.parkedStates(user)
                    .equals(List.of("RETRYING")));
            assertThat(runs).hasValue(2);
        } finally {
            executor.shutdownNow();
        }
        await().atMost(SOON.plusSeconds(40)).until(() -> database.points(user) == 1);
        assertThat(database.number("SELECT attempts FROM parked_action WHERE user_id = ?", user))
                .as("attempts of the schedule: the one that succeeded")
                .isEqualTo(1);
    }

    @Test
    void shouldChargeAHandlerThatTakesTooLongByItself() {
        var user = users.get(0);
        probe.steps.put(user, attempted -> probe.session
                .createNativeQuery("SELECT SLEEP(10)", Object.class)
                .getSingleResult());

        publishProbe(user);

        await().atMost(SOON)
                .until(() -> database.number(
                                "SELECT COUNT(*) FROM parked_action WHERE user_id = ? AND error_class LIKE '%TimeoutException'",
                                user)
                        == 1);
    }

    @Test
    void shouldSayWhatIsWrongWithinSecondsAndLeaveItsConnectionAsItWas() throws Exception {
        assertThat(databaseProbe.trouble()).isEmpty();
        try (var other = connection()) {
            execute(other, "LOCK TABLES outbox_event READ");
            var began = System.nanoTime();

            assertThat(databaseProbe.trouble())
                    .hasValueSatisfying(why -> assertThat(why).contains("wait for a lock"));

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        }
        for (int i = 0; i < 30; i++) {
            assertThat(databaseProbe.trouble()).isEmpty();
        }
        assertThat(database.number("SELECT COUNT(*) FROM database_probe")).isEqualTo(1);
    }

    private void awaitSomebodyWaitingForATable() {
        await().pollInSameThread()
                .atMost(Duration.ofMillis(1500))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> database.number("SELECT COUNT(*) FROM information_schema.processlist"
                                + " WHERE state = 'Waiting for table metadata lock'")
                        > 0);
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(url, "errand", "errand");
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    /** How many actions of all these users are parked. */
    private long attempts() {
        return users.stream()
                .mapToLong(user -> database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ?", user))
                .sum();
    }

    private void publishProbe(String user) {
        publisher.publish(record(newId(), "test.probe", user, "{}"));
    }
}
