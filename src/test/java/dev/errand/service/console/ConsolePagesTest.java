package dev.errand.service.console;

import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.People.viewer;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's pages without a browser: what each role sees, and what is refused. ConsoleBrowserIT tests them in a browser. */
@QuarkusTest
class ConsolePagesTest {

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console",
                "/console/now",
                "/console/actions",
                "/console/actions/tail",
                "/console/user",
                "/console/user?id=nobody",
                "/console/failed",
                "/console/failed?state=DEAD",
                "/console/consumer",
                "/console/consumer/partitions"
            })
    void shouldShowEachPageWithHeadersThatLockIt(String page) {
        viewer().get(page)
                .then()
                .statusCode(200)
                .contentType("text/html;charset=UTF-8")
                .header(
                        "Content-Security-Policy",
                        allOf(containsString("script-src 'self'"), not(containsString("unsafe"))))
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/failed/0",
                "/console/action?id=none",
                "/console/failed?state=NONE",
                "/console/failed/retries/00000000-0000-0000-0000-000000000000"
            })
    void shouldSayOnAPageWhatIsWrong(String page) {
        var answer = viewer().get(page);

        assertThat(answer.statusCode()).isBetween(400, 404);
        assertThat(answer.asString()).contains("role=\"alert\"");
    }

    @Test
    void shouldServeWhatPagesNeed() {
        viewer().get("/webjars/htmx.org/dist/htmx.min.js").then().statusCode(200);
        viewer().get("/console-assets/console.css").then().statusCode(200);
    }

    @Test
    void shouldOfferViewersNoButtons() {
        long id = deadAction();

        assertThat(viewer().get("/console/failed/{id}", id).asString()).doesNotContain("method=\"post\"");
        assertThat(operator().get("/console/failed/{id}", id).asString()).contains("method=\"post\"");
    }

    @Test
    void shouldRefuseFormsWithoutTheirToken() {
        long id = deadAction();

        for (var form : new String[] {"", "csrf-token=made-up"}) {
            operator()
                    .contentType(ContentType.URLENC)
                    .body(form + "&reason=because")
                    .post("/console/failed/{id}/discard", id)
                    .then()
                    .statusCode(400);
        }

        assertThat(state(id)).isEqualTo("DEAD");
    }

    @Test
    void shouldTakeFormsWithTheirToken() {
        // Given
        long id = deadAction();
        var page = operator().get("/console/failed/{id}", id);
        var html = page.htmlPath();
        var field = html.getString("**.find { it.@id == 'discard' }.parent().input[0].@name");
        var token = html.getString("**.find { it.@id == 'discard' }.parent().input[0].@value");

        // When
        operator()
                .cookies(page.cookies())
                .redirects()
                .follow(false)
                .contentType(ContentType.URLENC)
                .formParam(field, token)
                .formParam("reason", "a test")
                .post("/console/failed/{id}/discard", id)
                .then()
                .statusCode(303)
                .header("Location", containsString("/console/failed/" + id + "?done=discard"));

        // Then
        assertThat(state(id)).isEqualTo("DISCARDED");
        operator().get("/api/failed-actions/{id}/audit", id).then().body("operation[0]", equalTo("discard"));
    }

    /** Payloads, ids, types and errors can contain anything that a publisher sends. */
    @Test
    void shouldEscapeWhatStrangersPublish() {
        // Given
        var evil = "<script>alert(1)</script>";
        var user = newUser();
        var id = newId() + "\\\"><img src=x>";
        publisher.publish(new ProducerRecord<>(
                Actions.TOPIC, user, json(id, "order.placed", user, "{\"orderId\":\"\",\"note\":\"" + evil + "\"}")));
        publisher.publish(new ProducerRecord<>(Actions.TOPIC, evil + user, evil));
        await().atMost(SOON)
                .until(() ->
                        database.number("SELECT COUNT(*) FROM parked_action WHERE user_id IN (?, ?)", user, evil + user)
                                == 2);
        var failed = database.parkedAction(user);
        var unreadable = database.parkedAction(evil + user);

        // Then
        for (var page : new String[] {
            "/console/failed",
            "/console/failed/" + failed,
            "/console/failed/" + unreadable,
            "/console/actions",
            "/console/user?id=" + user,
            "/console/user?id=" + evil,
            "/console/failed?type=" + evil + "&userId=" + evil + "&errorClass=" + evil
        }) {
            var html = operator().get(page).asString();
            assertThat(html).as(page).doesNotContain("<script>alert").doesNotContain("<img src=x");
        }
        assertThat(operator().get("/console/failed/" + unreadable).asString()).contains("&lt;script&gt;alert");
    }

    private long deadAction() {
        var user = newUser();
        publisher.publish(new ProducerRecord<>(
                Actions.TOPIC, user, json(newId(), "order.placed", user, "{\"orderId\":\"\",\"totalCents\":1}")));
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ?", user) == 1);
        return database.parkedAction(user);
    }

    private String state(long id) {
        return database.texts("SELECT state FROM parked_action WHERE seq = ?", id)
                .get(0);
    }
}
