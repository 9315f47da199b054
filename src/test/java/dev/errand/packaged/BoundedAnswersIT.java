package dev.errand.packaged;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Servers;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged application has little memory, and many clients ask for large data at the same time. */
@Tag("long")
class BoundedAnswersIT {

    private static final int MEGABYTES_8 = 8 << 20;
    private static final int KILOBYTES_60 = 60_000;
    private static final int AT_ONCE = 50;

    /** The largest size of an answer in bytes, with all escapes. */
    private static final int LARGEST_ANSWER = 2 << 20;

    private static final MySqlServer MY_SQL = Servers.mySql();
    private static final KafkaServer KAFKA = Servers.kafka();

    @TempDir
    static Path directory;

    private static Database database;
    private static Application application;
    private static String url;

    @BeforeAll
    static void start() {
        KAFKA.start();
        MY_SQL.start();
        database = Database.at(MY_SQL::jdbcUrl);
        var configuration = new HashMap<>(Application.reaching(KAFKA.bootstrapServers(), MY_SQL.jdbcUrl()));
        configuration.put("errand.masking.types", "secret.*");
        // The rows must not be retried.
        configuration.put("errand.intake.enabled", "false");
        application = Application.start(directory.resolve("application.log"), List.of("-Xmx160m"), configuration);
        url = application.awaitReady().url();
        fill();
    }

    /**
     * Row 1 has the largest possible values, row 2 the same with a masked type. 600 rows have large errors, and 600 actions have
     * payloads of 60 KB.
     */
    private static void fill() {
        var large = "REPEAT('\"', " + MEGABYTES_8 + ")";
        for (var type : List.of("a.b", "secret.b")) {
            database.execute("""
                    INSERT INTO parked_action
                      (state, blocking, topic, `partition`, `offset`, record_timestamp, record_key, record_value, record_headers,
                       fingerprint, user_id, source, id, type, payload, edited_payload, attempts, history, error_class,
                       error_message, stack_trace, reason)
                    SELECT 'DEAD', 1, '%2$s', 0, 0, 0, %1$s, %1$s,
                           CONCAT('[', REPEAT('{"name":"n","value":"AAAA"},', 200000), '{"name":"n","value":null}]'),
                           UNHEX(SHA2('%2$s', 256)), '%2$s', '', '%2$s', '%2$s', %1$s, %1$s, 1,
                           CAST(CONCAT('[', REPEAT('{"at":"2026-01-01T00:00:00Z","errorClass":"E","message":"secret"},', 50000),
                               '{"at":"2026-01-01T00:00:00Z","errorClass":"E","message":"last"}]') AS JSON),
                           'E', REPEAT('"', 65000), %1$s, REPEAT('"', 65000)""".formatted(large, type));
        }
        database.execute("""
                INSERT INTO parked_action
                  (state, blocking, topic, `partition`, `offset`, record_timestamp, record_headers, fingerprint, user_id,
                   source, id, type, attempts, history, error_class, error_message)
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 600)
                SELECT 'DEAD', 1, 't', 1, n, 0, '[]', UNHEX(SHA2(n, 256)), 'u', '', n, CONCAT('t-', n), 0, '[]', 'E',
                       REPEAT(X'01', 65000)
                FROM numbers""");
        database.execute("""
                INSERT INTO user_action
                  (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`)
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 600)
                SELECT '', CONCAT('p-', n), 'u', IF(n < 3, 'secret.b', 'a.b'), '2026-01-01',
                       CAST(CONCAT('"', REPEAT('\\\\\\"', IF(n = 1, 4000000, %d / 2)), '"') AS JSON), 't', 0, n
                FROM numbers""".formatted(KILOBYTES_60));
        database.execute("""
                INSERT INTO user_action
                  (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`, processed_at)
                VALUES ('', 'a.b', 'a.b', 'a.b', '2026-01-01', '1', 't', 1, 1, NULL)""");
        database.execute("""
                INSERT INTO audit_entry (actor, operation, subject, detail)
                SELECT REPEAT('a', 255), 'edit-and-retry', 'failed-action/1', CONCAT('{"payload":"', REPEAT('x', %d), '"}')
                FROM user_action""".formatted(KILOBYTES_60));
        database.execute("INSERT INTO audit_entry (actor, operation, subject, detail)"
                + " SELECT actor, operation, 'failed-action/2', detail FROM audit_entry LIMIT 1");
    }

    @AfterAll
    static void stop() {
        application.close();
        MY_SQL.close();
        KAFKA.close();
    }

    private static RequestSpecification viewer() {
        return People.viewer().baseUri(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/failed-actions/1",
                "/api/failed-actions/2",
                "/api/failed-actions?limit=500",
                "/api/failed-actions/groups",
                "/api/failed-actions/3/queue?limit=500",
                "/api/failed-actions/1/queue?limit=500",
                "/api/failed-actions/1/audit?limit=100",
                "/api/failed-actions/retries?limit=100",
                "/api/users/u/actions",
                "/api/users/u/actions?limit=500",
                "/api/users/u",
                "/api/actions?id=p-500",
                "/api/actions?id=a.b",
                "/api/status",
                "/api/status/last-hour",
                "/api/consumer",
                "/console",
                "/console/now",
                "/console/actions",
                "/console/actions/tail",
                "/console/user?id=u",
                "/console/action?id=p-500",
                "/console/action?id=a.b",
                "/console/failed",
                "/console/failed?state=DEAD",
                "/console/failed/1",
                "/console/failed/2",
                "/console/failed/3",
                "/console/consumer",
                "/console/consumer/partitions"
            })
    void shouldStayAliveWhileManyAskForWhatIsLarge(String path) throws Exception {
        var answers = atOnce(AT_ONCE, () -> {
            var answer = viewer().get(path);
            return List.of((long) answer.statusCode(), (long) answer.asByteArray().length);
        });

        assertThat(application.isAlive()).as(application::output).isTrue();
        assertThat(answers).as(path).allSatisfy(answer -> {
            assertThat(answer.get(0)).isEqualTo(200);
            assertThat(answer.get(1)).isLessThan(LARGEST_ANSWER);
        });
        System.out.println(path + " has " + answers.get(0).get(1) + " bytes");
    }

    private static <T> List<T> atOnce(int requests, Callable<T> request) throws Exception {
        var threads = Executors.newFixedThreadPool(requests);
        try {
            var answers = new ArrayList<T>();
            for (var answer : threads.invokeAll(Collections.nCopies(requests, request))) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void shouldTellWhatIsTruncatedAndHowLargeItIs() {
        // When
        var truncated = viewer().get("/api/failed-actions/1").jsonPath();

        // Then
        assertThat(truncated.getList("truncated.value"))
                .containsExactlyInAnyOrder(
                        "payload",
                        "editedPayload",
                        "recordKey",
                        "recordValue",
                        "recordHeaders",
                        "stackTrace",
                        "history",
                        "reason");
        assertThat(truncated.getLong("truncated.find { it.value == 'recordValue' }.bytes"))
                .isEqualTo(MEGABYTES_8);
        assertThat(truncated.getString("truncated.find { it.value == 'recordValue' }.href"))
                .isEqualTo("/api/failed-actions/1/values/value");
        assertThat(truncated.getString("payload")).hasSize(64 << 10);
        assertThat(truncated.getString("recordHeaders")).isNull();
        assertThat(truncated.getList("history")).hasSize(20);
        assertThat(truncated.getString("history[19].message")).isEqualTo("last");
        assertThat(truncated.getList("action.truncated.value")).containsExactly("errorMessage");
        assertThat(viewer().get("/api/failed-actions?limit=3").jsonPath().getString("items[0].truncated[0].value"))
                .isEqualTo("errorMessage");
        assertThat(viewer().get("/console/failed/1").asString())
                .contains("/api/failed-actions/1/values/value", "download all 8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "payload",
                "edited-payload",
                "key",
                "value",
                "headers",
                "error-message",
                "stack-trace",
                "history",
                "reason"
            })
    void shouldGiveTheWholeValueToWhoeverMaySeeIt(String name) throws Exception {
        // Given
        var column =
                switch (name) {
                    case "key", "value", "headers" -> "record_" + name;
                    default -> name.replace('-', '_');
                };
        var whole = database.rows(
                        "SELECT CAST(" + column + " AS CHAR) FROM parked_action WHERE seq = 1", row -> row.getBytes(1))
                .get(0);

        // When
        var answers = atOnce(name.equals("value") ? AT_ONCE : 3, () -> {
            var answer = viewer().get("/api/failed-actions/1/values/" + name);
            return answer.statusCode() == 200 && Arrays.equals(answer.asByteArray(), whole);
        });

        // Then
        assertThat(application.isAlive()).as(application::output).isTrue();
        assertThat(answers).containsOnly(true);
        var masked = viewer().get("/api/failed-actions/2/values/" + name);
        assertThat(masked.statusCode()).isEqualTo(List.of("key", "reason").contains(name) ? 200 : 403);
    }

    @Test
    void shouldGiveWholePayloadsAndDetailsOfTheAuditToWhoeverMaySeeThem() {
        // When
        Response payload = viewer().get("/api/users/u/actions?limit=1");

        // Then
        assertThat(payload.jsonPath().getString("items[0].payload")).isNull();
        assertThat(payload.jsonPath().getString("items[0].payloadStart")).hasSize(4096);
        var whole = viewer().get(payload.jsonPath().getString("items[0].truncated[0].href"));
        assertThat(whole.contentType()).startsWith("application/json");
        assertThat(whole.header("Content-Disposition")).startsWith("attachment");
        assertThat(whole.asString())
                .isEqualTo(database.texts("SELECT payload FROM user_action WHERE id = 'p-600'")
                        .get(0));
        assertThat(viewer().get("/api/actions/payload?id=p-2").statusCode()).isEqualTo(403);
        assertThat(viewer().get("/api/actions/payload?id=none").statusCode()).isEqualTo(404);

        // When
        var entry = viewer().get("/api/failed-actions/1/audit").jsonPath();

        // Then
        assertThat(entry.getString("[0].detail")).isNull();
        assertThat(viewer().get(entry.getString("[0].truncated[0].href"))
                        .jsonPath()
                        .getString("payload"))
                .hasSize(KILOBYTES_60);
        var masked = database.number("SELECT seq FROM audit_entry WHERE subject = 'failed-action/2'");
        assertThat(viewer().get("/api/failed-actions/2/audit/" + masked + "/detail")
                        .statusCode())
                .isEqualTo(403);
        assertThat(viewer().get("/api/failed-actions/3/audit/" + masked + "/detail")
                        .statusCode())
                .as("of another action")
                .isEqualTo(404);
    }

    @Test
    void shouldRefuseDownloadsToStrangers() {
        assertThat(given().baseUri(url)
                        .get("/api/failed-actions/1/values/value")
                        .statusCode())
                .isEqualTo(401);
        assertThat(viewer().get("/api/failed-actions/1/values/none").statusCode())
                .isEqualTo(404);
    }

    @Test
    void shouldPageThroughAllThoughPagesAreCut() {
        var seen = new ArrayList<Object>();
        String next = "";
        while (next != null) {
            var page = viewer().get("/api/users/u/actions?limit=500" + next).jsonPath();
            seen.addAll(page.getList("items.id"));
            next = page.getString("next") == null ? null : "&before=" + page.getString("next");
        }

        assertThat(seen).hasSize(600).doesNotHaveDuplicates();
    }

    @Test
    void shouldOfferNoFormForWhatItDoesNotHaveAsAWhole() {
        var page = People.operator().baseUri(url).get("/console/failed/1").asString();

        assertThat(page).doesNotContain("<textarea").contains("POST /api/failed-actions/1/edit");
    }
}
