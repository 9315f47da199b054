package dev.errand.service.console;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.People.viewer;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Console and API show, find and change actions by exactly the ids that were published. */
@QuarkusTest
class ExactIdsTest {

    private static final String RETRIES = "/console/failed/retries";

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @Inject
    ObjectMapper json;

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "%s ",
                " %s",
                "%s\u0000",
                "%s\n",
                "%s\r\n",
                "%s+%%2B",
                "%s%%",
                "%s;a=b&c=d#e?f",
                "%s/../x",
                "%s\u200b",
                "%s\u202e",
                "%s\u00a0",
                "%s\u0430\"'<>"
            })
    void shouldFollowAnIdThroughEveryLinkAndForm(String pattern) throws Exception {
        // Given
        var plain = newUser();
        // A user id can't have control characters, the id of an action can.
        var controls = pattern.chars().anyMatch(Character::isISOControl);
        var user = pattern.isBlank() ? " ".repeat(7) : controls ? newUser() : pattern.formatted(plain);
        var id = pattern.isBlank() ? newId() : pattern.formatted(newId());
        dead(id, user);
        if (!pattern.isBlank()) {
            dead(newId(), plain);
        }
        var seq = database.parkedAction(user);

        // When
        var page = operator().get("/console/failed/" + seq).asString();

        // Then
        assertThat(page).contains(IdText.shown(user).getValue());
        var timeline = open(link(page, "/console/user?id="));
        assertThat(timeline)
                .contains("<h1>User " + IdText.shown(user).getValue())
                .contains(IdText.shown(id).getValue())
                .doesNotContain("there is no such user");
        assertThat(open(link(page, "/console/action?")))
                .contains("<h1>Action " + IdText.shown(id).getValue());
        var failed = link(timeline, "/console/failed?userId=");
        assertThat(rows(open(failed))).isEqualTo(1);
        assertThat(rows(open(failed + "&state=DEAD"))).isEqualTo(1);
        var list = viewer().urlEncodingEnabled(false)
                .get("/api/failed-actions?userId=" + Texts.inUrl(user))
                .jsonPath();
        assertThat(list.getList("items.userId")).containsExactly(user);
        var byPath = viewer().urlEncodingEnabled(false).get("/api/users/" + Texts.inUrl(user));
        assertThat(byPath.statusCode()).isEqualTo(200);
        assertThat(byPath.jsonPath().getString("userId")).isEqualTo(user);
        var action = viewer().urlEncodingEnabled(false).get("/api/actions?id=" + Texts.inUrl(id));
        assertThat(action.jsonPath().getString("action.id")).isEqualTo(id);

        // When
        var retryPage = operator().urlEncodingEnabled(false).get(failed + "&state=DEAD");
        assertThat(retryPage.asString())
                .contains("<strong id=\"preview-count\">1</strong>", "<strong id=\"preview-users\">1</strong>");
        var fields = Forms.fields(retryPage, RETRIES);
        // A browser sends the line breaks of a field as CRLF.
        fields.replaceAll((name, value) -> value.replaceAll("\r\n|\r|\n", "\r\n"));
        var begun = Forms.send(retryPage, RETRIES, fields);

        // Then
        assertThat(begun.statusCode()).as(begun.asString()).isEqualTo(303);
        var job = begun.header("Location").replaceAll(".*/", "");
        await().atMost(SOON).until(() -> "DONE"
                .equals(operator()
                        .get("/api/failed-actions/retries/" + job)
                        .jsonPath()
                        .getString("retry.state")));
        var progress = operator().get("/api/failed-actions/retries/" + job).jsonPath();
        assertThat(progress.getString("retry.filter.userId")).isEqualTo(user);
        assertThat(progress.getInt("retry.scheduled")).isEqualTo(1);
        assertThat(operator().get(RETRIES + "/" + job).asString())
                .contains(IdText.shown(user).getValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"userId", "type", "errorClass"})
    void shouldNotTakeBlanksForNothing(String name) {
        // Given
        dead(newId(), newUser());

        // When
        var blank = operator().urlEncodingEnabled(false).get("/console/failed?state=DEAD&" + name + "=%20%20");
        var empty = operator().get("/console/failed?state=DEAD&" + name + "=");

        // Then
        assertThat(rows(blank.asString())).isZero();
        assertThat(blank.asString()).doesNotContain("<button>Retry all");
        assertThat(rows(empty.asString())).isPositive();
        assertThat(empty.asString()).contains("All users:");
        assertThat(viewer().queryParam(name, "  ")
                        .get("/api/failed-actions")
                        .jsonPath()
                        .getList("items"))
                .isEmpty();
        assertThat(operator()
                        .contentType(ContentType.JSON)
                        .body(Map.of(name, " "))
                        .post("/api/failed-actions/retries")
                        .jsonPath()
                        .getString("id"))
                .isNotNull();
        assertThat(database.number("SELECT scheduled FROM operator_job ORDER BY created_at DESC LIMIT 1"))
                .isZero();
    }

    /** The action is retried and dies again after the page was rendered. The page did not count it in this state. */
    @Test
    void shouldRetryNothingThatDiedAfterThePageWasMade() {
        // Given
        var user = newUser();
        dead(newId(), user);
        var seq = database.parkedAction(user);
        var page = operator().get("/console/failed?state=DEAD&userId=" + user);
        var fields = Forms.fields(page, RETRIES);
        operator()
                .contentType(ContentType.JSON)
                .post("/api/failed-actions/{id}/retry", seq)
                .then()
                .statusCode(200);
        await().atMost(SOON)
                .until(() -> database.number(
                                "SELECT COUNT(*) FROM parked_action WHERE seq = ? AND state = 'DEAD' AND attempts = 1",
                                seq)
                        == 1);

        // When
        var begun = Forms.send(page, RETRIES, fields);

        // Then
        assertThat(begun.statusCode()).isEqualTo(303);
        var job = begun.header("Location").replaceAll(".*/", "");
        await().atMost(SOON).until(() -> "DONE"
                .equals(operator()
                        .get("/api/failed-actions/retries/" + job)
                        .jsonPath()
                        .getString("retry.state")));
        assertThat(operator()
                        .get("/api/failed-actions/retries/" + job)
                        .jsonPath()
                        .getInt("retry.scheduled"))
                .isZero();
        assertThat(database.texts("SELECT state FROM parked_action WHERE seq = ?", seq))
                .containsExactly("DEAD");
    }

    @Test
    void shouldRefuseToRetryMoreThanThePageSaid() {
        var user = newUser();
        dead(newId(), user);
        var page = operator().get("/console/failed?state=DEAD&userId=" + user);
        var fields = Forms.fields(page, RETRIES);
        fields.put("count", "0");

        var answer = Forms.send(page, RETRIES, fields);

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.asString()).contains("role=\"alert\"", "There were 0 and there are 1 now");
    }

    @Test
    void shouldTellWhoseTheyAreBeforeTheButtonIsPressed() {
        var users = List.of(newUser() + " ", newUser());
        users.forEach(each -> dead(newId(), each));

        var page = operator().get("/console/failed?state=DEAD").asString();

        var preview = page.substring(page.indexOf("id=\"retry-all\""), page.indexOf("<button>Retry all"));
        assertThat(preview).contains("order.placed");
        assertThat(operator()
                        .queryParam("userId", users.get(0))
                        .get("/console/failed?state=DEAD")
                        .asString())
                .contains("<li>" + IdText.shown(users.get(0)).getValue() + " 1</li>");
    }

    private void dead(String id, String user) {
        try {
            publisher.publish(new ProducerRecord<>(
                    Actions.TOPIC,
                    user,
                    json.writeValueAsString(Map.of(
                            "id",
                            id,
                            "type",
                            "order.placed",
                            "userId",
                            user,
                            "occurredAt",
                            "2020-11-22T05:00:00Z",
                            "payload",
                            Map.of("orderId", "", "totalCents", 1)))));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        await().atMost(SOON)
                .until(() -> database.number(
                                "SELECT COUNT(*) FROM parked_action WHERE user_id = ? AND id = ? AND state = 'DEAD'",
                                user,
                                id)
                        == 1);
    }

    private static String link(String page, String beginning) {
        var link = Pattern.compile("href=\"(" + Pattern.quote(beginning) + "[^\"]*)\"")
                .matcher(page);
        assertThat(link.find()).as(beginning + " in " + page).isTrue();
        return Forms.unescaped(link.group(1));
    }

    private static String open(String address) {
        return operator().urlEncodingEnabled(false).get(address).asString();
    }

    private static int rows(String page) {
        int table = page.indexOf("id=\"items\"");
        return table < 0
                ? 0
                : page.substring(table, page.indexOf("</table>", table)).split("<tr>").length - 2;
    }
}
