package dev.errand.engine.database;

import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.ActionKey;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.engine.ledger.LedgerKey;
import dev.errand.testkit.Errand;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Probe;
import dev.errand.testsupport.Servers;
import dev.errand.testsupport.ServiceUser;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errand works on a MySQL server with unusual settings, as a user with only four rights. */
@QuarkusTest
@QuarkusTestResource(value = ServerSettingsTest.OddServer.class, restrictToAnnotatedClass = true)
@Tag("long")
class ServerSettingsTest {

    /** A server with unusual values for many settings. */
    public static class OddServer implements QuarkusTestResourceLifecycleManager {

        private final MySqlServer server = Servers.mySql(ServiceUser.with(List.of(
                "--skip-log-bin",
                "--innodb-flush-log-at-trx-commit=2",
                "--innodb-redo-log-capacity=64M",
                "--performance-schema=OFF",
                "--sql-mode=ANSI,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE,NO_UNSIGNED_SUBTRACTION,"
                        + "PAD_CHAR_TO_FULL_LENGTH,TIME_TRUNCATE_FRACTIONAL,NO_AUTO_VALUE_ON_ZERO",
                "--max-error-count=0",
                "--default-time-zone=+09:00",
                "--group-concat-max-len=4",
                "--explicit-defaults-for-timestamp=OFF",
                "--innodb-rollback-on-timeout=ON",
                "--sql-require-primary-key=ON",
                "--innodb-strict-mode=OFF",
                "--big-tables=ON",
                "--auto-increment-increment=7",
                "--auto-increment-offset=3",
                "--character-set-server=latin1",
                "--collation-server=latin1_german1_ci",
                // MySQL 9 no longer has this option.
                "--loose-character-set-client-handshake=OFF",
                "--completion-type=RELEASE",
                "--autocommit=OFF",
                "--transaction-isolation=SERIALIZABLE",
                "--lc-messages=de_DE",
                "--max-allowed-packet=1M",
                "--innodb-lock-wait-timeout=1",
                "--lock-wait-timeout=1",
                "--max-sort-length=4",
                "--init-connect=SET sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES', foreign_key_checks=0, unique_checks=0,"
                        + " sql_safe_updates=1, sql_select_limit=1, sql_auto_is_null=1, max_join_size=1, max_execution_time=1,"
                        + " sql_notes=0, transaction_read_only=1")));

        @Override
        public Map<String, String> start() {
            server.start();
            // Flyway has a connection of its own here. In production it uses the pool, with its session variables.
            return ServiceUser.configuration(
                    server.jdbcUrl(), server.jdbcUrl() + "&sessionVariables=completion_type=0,autocommit=1");
        }

        @Override
        public void stop() {
            server.close();
        }
    }

    @Inject
    Errand errand;

    @Inject
    Probe probe;

    @Inject
    AgroalDataSource dataSource;

    @Inject
    ObjectMapper json;

    /** A view by the pool: only the session variables of the pool make such a server usable. */
    private Database database;

    @BeforeEach
    void open() {
        database = new Database(dataSource);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"path\":\"C:\\\\temp\\\\\"}",
                "{\"quotes\":\"it's \\\"so\\\" `there`\"}",
                "{\"text\":\"gr\\u00fc\\u00df \\ud83d\\ude00 \\u6f22\\u5b57\"}",
                "{\"nul\":\"a\\u0000b\\u001ac\"}",
                "{\"lines\":\"a\\nb\\r\\tc%_\\\\%\"}",
                "{\"sql\":\"'); DELETE FROM user_action; -- || ?\"}",
            })
    void shouldStoreWhatWasPublished(String payload) throws Exception {
        var id = errand.newUser();

        errand.publish(id, "test.probe", id, payload).awaitDone();

        var stored = database.texts("SELECT payload FROM user_action WHERE id = ?", id)
                .get(0);
        assertThat(json.readTree(stored)).isEqualTo(json.readTree(payload));
        assertNothingIsDead(List.of(id));
    }

    @Test
    void shouldTellRepeatsWhateverMySqlTellsOfThem() {
        // Given
        var users = IntStream.range(0, 60).mapToObj(i -> errand.newUser()).toList();
        users.stream()
                .filter(user -> users.indexOf(user) % 3 != 0)
                .forEach(user -> errand.publish(user, "test.probe", user, "{}"));
        await().atMost(SOON)
                .until(() -> users.stream()
                                .filter(user -> database.points(user) == 1)
                                .count()
                        == 40);

        // When
        users.forEach(user -> errand.publish(user, "test.probe", user, "{}"));

        // Then
        users.forEach(user -> errand.publish("test.probe", user, "{}").awaitDone());
        assertThat(users).allSatisfy(user -> assertThat(database.points(user)).isEqualTo(2));
        assertNothingIsDead(users);
    }

    @Test
    void shouldKeepAndRetryAFailingAction() {
        // Given
        var user = errand.newUser();
        var runs = new AtomicInteger();
        probe.steps.put(user, attempted -> {
            if (runs.incrementAndGet() <= 4) {
                throw new IllegalStateException("on purpose: \\ 'ü'");
            }
        });

        // When
        errand.publish("test.probe", user, "{}");
        errand.publish("test.probe", user, "{\"second\":\"\\\\\"}").awaitDone();

        // Then
        assertThat(database.parkedStates(user)).containsOnly("RESOLVED");
        assertThat(database.texts(
                                "SELECT JSON_UNQUOTE(JSON_EXTRACT(history, '$[0].message')) FROM parked_action"
                                        + " WHERE user_id = ? ORDER BY seq",
                                user)
                        .get(0))
                .isEqualTo("on purpose: \\ 'ü'");
        assertThat(database.points(user)).isEqualTo(2);
    }

    @Test
    void shouldCountTimesInUtcAndIdsByTheirBytes() {
        // Given
        var user = errand.newUser();
        var id = "é-" + user.substring(0, 20);

        // When
        errand.publish(id, "a.b", user, "{}").awaitDone();
        errand.publish(id.replace('é', 'e'), "a.b", user, "{}").awaitDone();

        // Then
        assertThat(database.texts("SELECT id FROM user_action WHERE user_id = ? ORDER BY seq", user))
                .containsExactly(id, id.replace('é', 'e'));
        assertThat(database.number("""
                        SELECT COUNT(*) FROM user_action WHERE user_id = ?
                        AND ABS(TIMESTAMPDIFF(SECOND, processed_at, UTC_TIMESTAMP())) < 60
                        AND ABS(TIMESTAMPDIFF(SECOND, occurred_at, UTC_TIMESTAMP())) < 60""", user)).isEqualTo(2);
        assertThat(database.number(
                        "SELECT COUNT(*) FROM user_action WHERE action_key = ?", LedgerKey.of(new ActionKey("", id))))
                .isEqualTo(1);
    }

    /** Except for repeats: here they have another time, so that each is a different action with the same identity. */
    private void assertNothingIsDead(List<String> users) {
        // This server is new, but Kafka still has the records of other tests, some of which are dead here too.
        assertThat(database.texts(
                        "SELECT user_id FROM parked_action WHERE state = 'DEAD' AND error_class <> 'Conflicting'"))
                .doesNotContainAnyElementsOf(users);
    }
}
