package dev.errand.packaged;

import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Servers;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two packaged applications retry very many dead actions, and one dies meanwhile. */
@Tag("long")
class BulkRetryIT {

    private static final int MANY = 300_000;

    private static final MySqlServer MY_SQL = Servers.mySql();
    private static final KafkaServer KAFKA = Servers.kafka();

    @TempDir
    static Path directory;

    private static Database database;
    private static Application first;
    private static Application second;

    @BeforeAll
    static void start() {
        KAFKA.start();
        MY_SQL.start();
        database = Database.at(MY_SQL::jdbcUrl);
        first = application("first").awaitReady();
        second = application("second").awaitReady();
        dead("many", MANY);
        dead("killed", 2_000);
        dead("one", 500);
        dead("two", 500);
    }

    private static Application application(String name) {
        var configuration = new HashMap<>(Application.reaching(KAFKA.bootstrapServers(), MY_SQL.jdbcUrl()));
        return Application.start(directory.resolve(name + ".log"), List.of("-Xmx256m"), configuration);
    }

    /** Inserts dead actions, each of another user. */
    private static void dead(String type, int rows) {
        database.execute("""
                INSERT INTO parked_action
                  (state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint, user_id,
                   source, id, type, occurred_at, payload, attempts, history, error_class, error_message, died_at)
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %2$d)
                SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */
                       'DEAD', 0, '%1$s', 0, n, 0, '[]', UNHEX(SHA2(n, 256)), CONCAT('%1$s-', n), '', CONCAT('%1$s-', n),
                       '%1$s', '2026-01-01', '{}', 0, '[]', 'E', 'no', CURRENT_TIMESTAMP(6)
                FROM numbers""".formatted(type, rows));
        database.execute("""
                INSERT INTO user_action
                  (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`, processed_at)
                SELECT source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`, NULL
                FROM parked_action WHERE type = '%s'""".formatted(type));
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
        MY_SQL.close();
        KAFKA.close();
    }

    @Test
    void shouldAnswerAtOnceShowProgressAndStop() {
        // When
        var began = System.nanoTime();
        var id = begin(first, "many", 200);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));

        // Then
        await().atMost(SOON).until(() -> progress(id).getLong("retry.scheduled") > 0);
        assertThat(progress(id).getString("retry.state")).isEqualTo("RUNNING");
        assertThat(progress(id).getString("retry.filter.type")).isEqualTo("many");
        assertThat(asOperator(second).get("/console/failed/retries/" + id).asString())
                .contains("RUNNING", "id=\"stop\"");

        // When
        asOperator(second)
                .contentType(ContentType.JSON)
                .post("/api/failed-actions/retries/{id}/stop", id)
                .then()
                .statusCode(200);

        // Then
        var stopped = progress(id).getLong("retry.scheduled");
        assertThat(progress(id).getString("retry.state")).isEqualTo("STOPPED");
        assertThat(progress(id).getString("retry.stoppedBy")).isEqualTo(People.OPERATOR);
        assertThat(database.number("SELECT COUNT(*) FROM parked_action WHERE type = 'many' AND version > 0"))
                .isEqualTo(stopped);
        assertThat(database.number("SELECT COUNT(*) FROM parked_action WHERE type = 'many' AND state = 'DEAD'"))
                .isGreaterThan(MANY - 20_000L);
        assertThat(database.texts(
                        "SELECT operation FROM audit_entry WHERE subject = ? ORDER BY seq", "bulk-retry/" + id))
                .containsExactly("bulk-retry", "stop-bulk-retry");
        assertThat(asOperator(first)
                        .get("/api/failed-actions/retries")
                        .jsonPath()
                        .getList("id", String.class))
                .contains(id);
    }

    @Test
    void shouldGoOnInAnotherProcessWhenOneIsKilled() {
        var id = begin(first, "killed", 10_000);
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> progress(id).getLong("retry.scheduled") > 200);

        first.kill();
        first = application("first again").awaitReady();

        await().atMost(Duration.ofMinutes(2))
                .until(() -> progress(id).getString("retry.state").equals("DONE"));
        assertThat(progress(id).getLong("retry.scheduled")).isEqualTo(2_000);
        assertScheduledOnce("killed", 2_000);
    }

    @Test
    void shouldGoOnWithTwoAtOnceAndScheduleNothingTwice() {
        var ids = List.of(begin(first, "one", 1_000), begin(second, "two", 1_000), begin(second, "one", 1_000));

        await().atMost(SOON).until(() -> ids.stream()
                .allMatch(id -> progress(id).getString("retry.state").equals("DONE")));
        assertScheduledOnce("one", 500);
        assertScheduledOnce("two", 500);
        assertThat(progress(ids.get(0)).getLong("retry.scheduled")
                        + progress(ids.get(2)).getLong("retry.scheduled"))
                .isEqualTo(500);
    }

    @Test
    void shouldKeepItsRate() {
        dead("slow", 100);
        var id = begin(first, "slow", 5);

        await().atMost(SOON).until(() -> progress(id).getLong("retry.scheduled") > 0);

        assertThat(progress(id).getLong("retry.scheduled"))
                .as("those of the next ten seconds")
                .isLessThanOrEqualTo(51);
    }

    /** Each retry increments the version, so all versions must be 1. */
    private static void assertScheduledOnce(String type, int all) {
        assertThat(database.texts(
                        "SELECT CONCAT(version, ' ', COUNT(*)) FROM parked_action WHERE type = ? GROUP BY version",
                        type))
                .containsExactly("1 " + all);
    }

    private static String begin(Application application, String type, int perSecond) {
        return asOperator(application)
                .contentType(ContentType.JSON)
                .body(Map.of("type", type, "perSecond", perSecond))
                .post("/api/failed-actions/retries")
                .then()
                .statusCode(202)
                .extract()
                .path("id");
    }

    private static JsonPath progress(String id) {
        return asOperator(second).get("/api/failed-actions/retries/{id}", id).jsonPath();
    }

    private static RequestSpecification asOperator(Application application) {
        return People.operator().baseUri(application.url());
    }
}
