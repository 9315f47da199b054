package dev.errand.engine.retention;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.errand.engine.retention.Purge.Kind;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Old rows are deleted from a real MySQL, and no others. */
@QuarkusTest
class RetentionTest {

    private static final Duration MONTH = Duration.ofDays(30);
    private static final Purge LEDGER = new Purge(Kind.LEDGER, MONTH, 100, 1);
    private static final Purge FAILED_ACTIONS = new Purge(Kind.FAILED_ACTIONS, MONTH, 2, 1);
    private static final String OLD = "CURRENT_TIMESTAMP(6) - INTERVAL 31 DAY";
    private static final String YOUNG = "CURRENT_TIMESTAMP(6) - INTERVAL 29 DAY";

    @Inject
    PurgeSteps steps;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String url;

    private final String user = newUser();

    /** Lets each pass begin behind the rows of other tests. */
    @BeforeEach
    void begin() {
        restart("ledger", "user_action");
        restart("failed actions", "parked_action");
    }

    @Test
    void shouldForgetWhatWasProcessedLongAgoAndNothingElse() throws Exception {
        ledger("old", OLD);
        ledger("unprocessed", "NULL");
        ledger("dead", OLD);
        failed("dead", "DEAD", OLD, false);
        ledger("resolved", OLD);
        failed("resolved", "RESOLVED", OLD, false);
        ledger("young", YOUNG);
        ledger("old behind a young one", OLD);

        pass(LEDGER);

        assertThat(left()).containsExactly("unprocessed", "dead", "young");
    }

    @Test
    void shouldGoOnBehindStretchesOfActionsThatAreNotProcessed() throws Exception {
        IntStream.range(0, 250).forEach(i -> ledger("unprocessed", "NULL"));
        ledger("old", OLD);
        ledger("young", YOUNG);

        pass(LEDGER);

        assertThat(left()).hasSize(251).doesNotContain("old").contains("young");
    }

    @Test
    void shouldStopWhereNothingIsOld() throws Exception {
        IntStream.range(0, 100).forEach(i -> ledger("young", YOUNG));
        ledger("never reached", OLD);

        pass(LEDGER);

        assertThat(left()).hasSize(101).contains("never reached");
        assertThat(database.number("SELECT cursor_seq FROM retention WHERE name = 'ledger'"))
                .as("the next pass begins at the beginning")
                .isZero();
    }

    @Test
    void shouldNotWaitForARowThatIsLocked() throws Exception {
        ledger("locked", OLD);
        ledger("old", OLD);
        try (var other = DriverManager.getConnection(url, "errand", "errand");
                var lock = other.prepareStatement(
                        "SELECT 1 FROM user_action WHERE user_id = ? AND type = 'locked' FOR UPDATE")) {
            other.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            other.setAutoCommit(false);
            lock.setString(1, user);
            lock.executeQuery();

            pass(LEDGER);

            assertThat(left()).containsExactly("locked");
        }
    }

    @Test
    void shouldTakeNoStepWhileAnotherProcessTakesOne() throws Exception {
        ledger("old", OLD);
        try (var other = DriverManager.getConnection(url, "errand", "errand");
                var lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.executeQuery("SELECT 1 FROM retention WHERE name = 'ledger' FOR UPDATE");

            assertThat(steps.next(LEDGER)).isEmpty();
        }
        assertThat(left()).containsExactly("old");
    }

    @Test
    void shouldKeepOnePaceForAllProcesses() throws Exception {
        ledger("old", OLD);
        var slow = new Purge(Kind.LEDGER, MONTH, 1, 0.000_001);

        var pause = steps.next(slow);

        assertThat(left()).isEmpty();
        assertThat(pause).hasValueSatisfying(rest -> assertThat(rest).isGreaterThan(Duration.ofMinutes(1)));
        assertThat(steps.next(slow)).as("not due yet, in no process").isEmpty();
    }

    @Test
    void shouldForgetEachOnceWhileTwoContendAndActionsFlow() throws Exception {
        // Given
        var old = 3_000;
        insertMany(old);
        ledger("young", YOUNG);
        var live = newUser();
        var ended = new AtomicInteger();
        Callable<Integer> process = () -> {
            int taken = 0;
            while (ended.get() == 0) {
                var pause = steps.next(LEDGER);
                if (pause.isPresent()) {
                    taken++;
                    if (pause.get().compareTo(Duration.ofMinutes(30)) > 0) {
                        ended.incrementAndGet();
                    }
                }
            }
            return taken;
        };
        var threads = Executors.newFixedThreadPool(2);
        try {
            var first = threads.submit(process);
            var second = threads.submit(process);
            var records = IntStream.range(0, 2_000)
                    .mapToObj(i -> record(newId(), "a.b", live, "{}"))
                    .toList();

            // When
            publisher.publish(records);

            // Then
            await().atMost(SOON).until(() -> database.recorded(live) == 2_000);
            assertThat(first.get() + second.get()).as("steps").isGreaterThanOrEqualTo(old / 100 + 1);
            assertThat(left()).containsExactly("young");
            assertThat(database.number("SELECT action_count FROM user_activity WHERE user_id = ?", live))
                    .isEqualTo(2_000);
        } finally {
            ended.incrementAndGet();
            threads.shutdown();
        }
    }

    @Test
    void shouldTakeAForgottenActionForANewOne() throws Exception {
        var id = newId();
        publisher.publish(record(id, "a.b", user, "{}"));
        await().atMost(SOON).until(() -> left().size() == 1);
        database.execute("UPDATE user_action SET processed_at = " + OLD + " WHERE user_id = '" + user + "'");
        pass(LEDGER);
        assertThat(left()).isEmpty();

        publisher.publish(record(id, "a.b", user, "{}"));

        await().atMost(SOON).until(() -> left().size() == 1);
        assertThat(database.number("SELECT action_count FROM user_activity WHERE user_id = ?", user))
                .isEqualTo(2);
    }

    @Test
    void shouldForgetFailedActionsThatHaveBeenOverForLong() throws Exception {
        failed("1", "RESOLVED", OLD, false);
        failed("2", "DISCARDED", OLD, false);
        failed("3", "DEAD", OLD, false);
        failed("4", "WAITING", OLD, false);
        failed("5", "RESOLVED", OLD, true);
        failed("6", "RESOLVED", YOUNG, false);

        pass(FAILED_ACTIONS);

        assertThat(database.texts("SELECT type FROM parked_action WHERE user_id = ? ORDER BY seq", user))
                .containsExactly("3", "4", "5", "6");
    }

    @Test
    void shouldRefuseToForgetWhatIsStillTried() {
        assertThatThrownBy(() -> Retention.longEnough(Duration.ofHours(54), Duration.ofHours(55)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "errand.ledger.retention=PT54H is less than failed actions are retried for, PT55H");
        assertThat(Retention.longEnough(Duration.ofHours(55), Duration.ofHours(55)))
                .isEqualTo(Duration.ofHours(55));
    }

    /** Runs all steps of a pass without their pauses. */
    private void pass(Purge purge) throws SQLException {
        var rest = Duration.ZERO;
        List<Duration> pauses = new ArrayList<>();
        while (rest.compareTo(Duration.ofMinutes(30)) < 0) {
            database.execute("UPDATE retention SET next_step_at = CURRENT_TIMESTAMP(6)");
            rest = steps.next(purge).orElseThrow();
            pauses.add(rest);
            assertThat(pauses).as("steps of a pass that ends").hasSizeLessThan(1_000);
        }
    }

    private void restart(String name, String table) {
        database.execute("UPDATE retention SET deleted_rows = 0, next_step_at = CURRENT_TIMESTAMP(6),"
                + " cursor_seq = (SELECT COALESCE(MAX(seq), 0) FROM " + table + ") WHERE name = '" + name + "'");
    }

    /** The types of this test's actions that are left. */
    private List<String> left() {
        return database.texts("SELECT type FROM user_action WHERE user_id = ? ORDER BY seq", user);
    }

    private void ledger(String type, String processedAt) {
        database.execute("""
                INSERT INTO user_action
                  (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`, processed_at)
                VALUES ('', '%s', '%s', '%s', '2026-01-01', '1', 't', 0, 0, %s)""".formatted(id(type), user, type, processedAt));
    }

    private void insertMany(int rows) {
        database.execute("""
                INSERT INTO user_action
                  (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`, processed_at)
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %1$d)
                SELECT /*+ SET_VAR(cte_max_recursion_depth = 100000) */ '', CONCAT('%2$s-', n), '%2$s', 'old',
                       '2026-01-01', '1', 't', 0, 0, %3$s
                FROM numbers""".formatted(rows, user, OLD));
    }

    private void failed(String type, String state, String at, boolean toPublish) {
        database.execute("""
                INSERT INTO parked_action
                  (state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint, user_id,
                   source, id, type, attempts, history, failed_at, changed_at, to_publish)
                VALUES ('%s', 0, 't', 0, 0, 0, '[]', UNHEX(SHA2('%s', 256)), '%s', '', '%s', '%s', 0, '[]', %s, %s, %b)""".formatted(state, newId(), user, id(type), type, at, at, toPublish));
    }

    /** One id for each type of this test, except for types of which a test has many actions. */
    private String id(String type) {
        return type.equals("unprocessed") || type.equals("young") ? newId() : user + "-" + type;
    }
}
