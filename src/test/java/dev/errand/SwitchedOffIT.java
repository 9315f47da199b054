package dev.errand;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Waiting.SOON;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application in roles without intake: API and console only, and the job that migrates. */
@Tag("long")
class SwitchedOffIT {

    private static final String NO_BROKER = "127.0.0.1:1";
    private static final MySqlServer MY_SQL = Servers.mySql();

    private static final Database DATABASE = Database.at(MY_SQL::jdbcUrl);

    /** Works without a database, so that tests can drop and create it. */
    private static final Database SERVER = new Database(
            () -> DriverManager.getConnection(MY_SQL.jdbcUrl().replace("/errand?", "/?"), "errand", "errand"));

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        MY_SQL.start();
    }

    @AfterAll
    static void stop() {
        MY_SQL.close();
    }

    @BeforeEach
    void empty() {
        SERVER.execute("DROP DATABASE errand");
        SERVER.execute("CREATE DATABASE errand");
    }

    @Test
    void shouldServeTheApiAndTakeNothingWithoutIntake() throws Exception {
        // Given
        try (KafkaServer kafka = Servers.kafka()) {
            kafka.start();
            makeTheTopicOfOffsets(kafka);
            try (var publisher = new Publisher(kafka.bootstrapServers());
                    var application = start(
                                    kafka.bootstrapServers(),
                                    Map.of("errand.intake.enabled", "false", "errand.demo.rate", "50"))
                            .awaitReady()) {
                publisher.publish(order(newUser(), 100));
                DATABASE.execute("""
                        INSERT INTO outbox_event (id, user_id, type, payload, cause_source, cause_id, occurred_at)
                        VALUES ('e-1', 'u-1', 'a.b', '{}', '', '1', '2026-11-22')""");
                DATABASE.execute("""
                        INSERT INTO parked_action
                          (state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint,
                           user_id, source, id, type, occurred_at, payload, attempts, history, next_attempt_at)
                        VALUES ('RETRYING', 1, 't', 0, 0, 0, '[]', REPEAT('x', 32),
                           'u-1', '', '1', 'a.b', '2026-11-22', '{}', 0, '[]', '2026-11-22')""");

                // Then
                People.operator()
                        .get(application.url() + "/api/failed-actions")
                        .then()
                        .statusCode(200)
                        .body("items", hasSize(1));

                given().get(application.managementUrl() + "/q/health")
                        .then()
                        .statusCode(200)
                        .body("status", equalTo("UP"));

                // Workers, retriers, relays and the demonstration would do something in less time.
                await().during(Duration.ofSeconds(3)).atMost(SOON).until(() -> isUntouched(kafka));
                assertThat(application.output()).contains("This process serves API and console only");
                application.terminate();
                assertThat(application.awaitEnd(SOON)).isTrue();
                assertThat(application.output())
                        .doesNotContain("WARN  [dev.errand")
                        .doesNotContain("WARN  [io.smallrye")
                        .doesNotContain("ERROR");
            }
            shouldTakeNothingFromItsStartWhilePaused(kafka);
        }
    }

    /** Kafka creates the topic at the first request for offsets. That takes so long that Kafka would be shown as unavailable. */
    private static void makeTheTopicOfOffsets(KafkaServer kafka) throws Exception {
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            KafkaAdmin.committed(admin, "nobody");
        }
    }

    /** Continues with the schema and the topic of the caller; the topic contains one order. */
    private void shouldTakeNothingFromItsStartWhilePaused(KafkaServer kafka) throws Exception {
        DATABASE.execute("DELETE FROM parked_action");
        DATABASE.execute("UPDATE pause_flag SET paused = TRUE");
        try (var application = start(kafka.bootstrapServers(), Map.of()).awaitReady()) {
            await().atMost(SOON).until(() -> hasMember(kafka));
            await().during(Duration.ofSeconds(3))
                    .atMost(SOON)
                    .until(() -> DATABASE.number("SELECT COUNT(*) FROM user_action") == 0);

            People.operator()
                    .contentType("application/json")
                    .body("{}")
                    .post(application.url() + "/api/consumer/resume")
                    .then()
                    .statusCode(200);

            await().atMost(SOON).until(() -> DATABASE.number("SELECT COUNT(*) FROM user_action") == 1);
        }
    }

    private static boolean hasMember(KafkaServer kafka) throws Exception {
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            return KafkaAdmin.members(admin, KafkaAdmin.GROUP).stream()
                    .anyMatch(member -> !member.assignment().topicPartitions().isEmpty());
        } catch (ExecutionException notThereYet) {
            return false;
        }
    }

    @Test
    void shouldMigrateAndEndWithoutABroker() {
        try (var job = start(NO_BROKER, Map.of("quarkus.init-and-exit", "true", "errand.intake.enabled", "false"))) {

            assertThat(job.awaitEnd(SOON)).isTrue();

            assertThat(job.exitCode()).as(job.output()).isZero();
            assertThat(DATABASE.number("SELECT COUNT(*) FROM user_action")).isZero();
        }
    }

    @Test
    void shouldRefuseASchemaThatIsBehind() {
        try (var application = start(NO_BROKER, Map.of("quarkus.flyway.migrate-at-start", "false"))) {

            assertThat(application.awaitEnd(SOON)).isTrue();

            assertThat(application.exitCode()).isNotZero();
            assertThat(application.output())
                    .contains("The schema is behind, these migrations are missing: V1__ledger_and_activity.sql, ")
                    .contains("quarkus.init-and-exit=true");
        }
    }

    private static boolean isUntouched(KafkaServer kafka) throws Exception {
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            var groups = admin.listGroups().all().get();
            var published = KafkaAdmin.ends(admin, Actions.TOPIC).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            return groups.stream().noneMatch(group -> group.groupId().equals(KafkaAdmin.GROUP))
                    && published == 1
                    && DATABASE.number("SELECT COUNT(*) FROM user_action") == 0
                    && DATABASE.number("SELECT COUNT(*) FROM outbox_event") == 1
                    && DATABASE.number("SELECT lease_count FROM parked_action") == 0;
        }
    }

    private Application start(String bootstrapServers, Map<String, String> more) {
        var configuration = new HashMap<>(Application.reaching(bootstrapServers, MY_SQL.jdbcUrl()));
        configuration.putAll(more);
        return Application.start(
                directory.resolve("application-" + newId() + ".log"), List.of("-Xmx160m"), configuration);
    }
}
