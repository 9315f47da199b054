package dev.errand.service.rest;

import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.FailedActionsApi.edit;
import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.People.viewer;
import static dev.errand.testsupport.Waiting.SOON;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API for users, actions and the state of the service, and who may read and change them. */
@QuarkusTest
class ActionsApiTest {

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    private final String user = newUser();

    @AfterEach
    void close() {
        turn("resume");
    }

    @Test
    void shouldPageThroughAUsersActionsTheLatestFirst() {
        // Given
        publish(5);

        // Then
        var first = viewer().get("/api/users/{id}/actions?limit=3", user)
                .then()
                .statusCode(200)
                .body("items.payload.n", contains(4, 3, 2))
                .body("items.state", contains("DONE", "DONE", "DONE"))
                .body("items[0].processedAt", notNullValue())
                .body("items[0].failedActionId", nullValue())
                .body("next", notNullValue())
                .extract()
                .jsonPath();
        viewer().get("/api/users/{id}/actions?limit=3&before={next}", user, first.getLong("next"))
                .then()
                .statusCode(200)
                .body("items.payload.n", contains(1, 0))
                .body("next", nullValue());
        viewer().get("/api/users/{id}", user)
                .then()
                .statusCode(200)
                .body("actionCount", equalTo(5))
                .body("lastActionType", equalTo("a.b"))
                .body("waiting", equalTo(0));
    }

    @Test
    void shouldTellTheLifeOfAnActionBySourceAndId() {
        // Given
        var id = newId();
        publisher.publish(new ProducerRecord<>(
                Actions.TOPIC, user, json(id, "order.placed", user, "{\"orderId\":\"\",\"totalCents\":1}")));
        await().atMost(SOON).until(() -> recorded() == 1);
        await().atMost(SOON).untilAsserted(() -> viewer().get("/api/actions?id={id}", id)
                .then()
                .statusCode(200)
                .body("action.state", equalTo("DEAD"))
                .body("action.processedAt", nullValue())
                .body("steps.what", contains("occurred", "failed", "kept as failed"))
                .body("steps.detail", hasItem(containsString("orderId"))));
        long failedId = viewer().get("/api/actions?id={id}", id).jsonPath().getLong("action.failedActionId");

        // When
        edit(failedId, "{\"payload\":{\"orderId\":\"o-1\",\"totalCents\":100}}").statusCode(200);

        // Then
        await().atMost(SOON).untilAsserted(() -> viewer().get("/api/actions?id={id}", id)
                .then()
                .body("action.state", equalTo("DONE"))
                .body("steps.what", hasItem("edit-and-retry"))
                .body("steps.actor", hasItem(People.OPERATOR))
                .body("steps[-1].what", equalTo("done")));
    }

    @Test
    void shouldSayWhatIsUnknown() {
        viewer().get("/api/users/{id}", user)
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("title", containsString(user));
        viewer().get("/api/actions?source=/shop&id=none")
                .then()
                .statusCode(404)
                .body("title", containsString("/shop/none"));
    }

    @Test
    void shouldTakeNothingWhilePausedAndGoOnWhenResumed() {
        // Given
        publish(1);
        turn("pause");
        await().atMost(SOON).until(this::allPaused);

        // When
        publisher.publish(actions(3));

        // Then
        await().atMost(SOON).untilAsserted(() -> viewer().get("/api/status")
                .then()
                .statusCode(200)
                .body("intake.paused", equalTo(true))
                .body("intake.actor", equalTo(People.OPERATOR))
                .body("intake.reason", equalTo("a test"))
                .body("lag", greaterThan(2)));
        assertThat(recorded()).isEqualTo(1);

        // When
        turn("resume");

        // Then
        await().atMost(SOON).until(() -> recorded() == 4);
        await().atMost(SOON).untilAsserted(() -> viewer().get("/api/consumer")
                .then()
                .statusCode(200)
                .body("intake.paused", equalTo(false))
                .body("trouble", nullValue())
                .body("partitions.lag.sum()", equalTo(0))
                .body("partitions.host", hasItem(notNullValue()))
                .body("partitions.unfinished.findAll { it != null }.sum()", equalTo(0)));
        assertThat(
                        database.texts(
                                "SELECT CONCAT(actor, ' ', operation) FROM audit_entry WHERE subject = 'intake' ORDER BY seq DESC LIMIT 2"))
                .containsExactly(People.OPERATOR + " resume", People.OPERATOR + " pause");
    }

    @Test
    void shouldShowThisProcessAndTheLastHour() {
        // Given
        publish(10);

        // Then
        await().atMost(SOON).untilAsserted(() -> viewer().get("/api/status")
                .then()
                .statusCode(200)
                .body("processes", hasSize(1))
                .body("workers", equalTo(4))
                .body("connections", equalTo(16))
                .body("kafka", nullValue()));
        await().atMost(SOON).untilAsserted(() -> viewer().get("/api/status/last-hour")
                .then()
                .statusCode(200)
                .body("", hasSize(60))
                .body("outcomes.done.findAll { it != null }.sum()", greaterThan(9)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/status",
                "/api/consumer",
                "/api/users/u-1",
                "/api/actions?id=1",
                "/api/failed-actions",
                "/q/openapi",
                "/console",
                "/console/failed",
                "/console-assets/console.css",
                "/nothing-there"
            })
    void shouldShowNothingToStrangers(String path) {
        given().get(path).then().statusCode(401);
        given().auth()
                .preemptive()
                .basic(People.OPERATOR, "wrong")
                .get(path)
                .then()
                .statusCode(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/consumer/pause",
                "/api/consumer/resume",
                "/api/failed-actions/1/retry",
                "/api/failed-actions/1/edit",
                "/api/failed-actions/1/discard",
                "/api/failed-actions/retries",
                "/api/failed-actions/retries/00000000-0000-0000-0000-000000000000/stop",
                "/console/failed/retries/00000000-0000-0000-0000-000000000000/stop",
                "/console/consumer/pause",
                "/console/failed/1/retry",
                "/console/failed/1/discard"
            })
    void shouldLetViewersChangeNothing(String path) {
        var type = path.startsWith("/api") ? ContentType.JSON : ContentType.URLENC;

        viewer().contentType(type)
                .body(type == ContentType.JSON ? "{}" : "a=b")
                .post(path)
                .then()
                .statusCode(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: http://evil.example"})
    void shouldRefuseWhatAnotherSitesPageSends(String header) {
        var named = header.split(": ");

        operator()
                .header(named[0], named[1])
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/api/consumer/resume")
                .then()
                .statusCode(403)
                .contentType("application/problem+json");
    }

    @Test
    void shouldTakeWhatItsOwnPageSends() {
        for (var own : new String[] {"Sec-Fetch-Site: same-origin", "Origin: http://127.0.0.1:" + RestAssured.port}) {
            var named = own.split(": ");
            operator()
                    .baseUri("http://127.0.0.1")
                    .header(named[0], named[1])
                    .contentType(ContentType.JSON)
                    .body("{}")
                    .post("/api/consumer/resume")
                    .then()
                    .statusCode(200);
        }
    }

    @Test
    void shouldRefuseBodiesThatAreTooLarge() throws Exception {
        // Given
        var login = (People.OPERATOR + ":" + People.OPERATOR_PASSWORD).getBytes(UTF_8);
        // Only the head is sent: the answer comes at once, and a client that is still writing may never read it.
        var head = """
                POST /api/consumer/resume HTTP/1.1
                Host: 127.0.0.1:%d
                Authorization: Basic %s
                Content-Type: application/json
                Content-Length: 2000000

                """.formatted(RestAssured.port, Base64.getEncoder().encodeToString(login))
                .replace("\n", "\r\n");
        try (var socket = new Socket("127.0.0.1", RestAssured.port)) {
            socket.setSoTimeout((int) SOON.toMillis());
            socket.getOutputStream().write(head.getBytes(UTF_8));

            // When
            var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();

            // Then
            assertThat(answer).contains(" 413 ");
        }
    }

    private boolean allPaused() {
        return viewer().get("/api/status").jsonPath().getList("processes.numbers.paused", Boolean.class).stream()
                .allMatch(paused -> paused);
    }

    private static void turn(String how) {
        operator()
                .contentType(ContentType.JSON)
                .body("{\"reason\":\"a test\"}")
                .post("/api/consumer/" + how)
                .then()
                .statusCode(200);
    }

    private void publish(int count) {
        publisher.publish(actions(count));
        await().atMost(SOON).until(() -> recorded() == count);
    }

    private List<ProducerRecord<String, String>> actions(int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> record(newId(), "a.b", user, "{\"n\":" + n + "}"))
                .toList();
    }

    private long recorded() {
        return database.recorded(user);
    }
}
