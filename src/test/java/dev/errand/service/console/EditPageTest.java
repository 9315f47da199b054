package dev.errand.service.console;

import static dev.errand.testsupport.Actions.TOPIC;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.Waiting.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** The page of an unreadable record contains what is needed to correct it. */
@QuarkusTest
class EditPageTest {

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @Inject
    ObjectMapper json;

    @Test
    void shouldFillInWhatABinaryCloudEventSays() throws Exception {
        // Given
        var user = newUser();
        var record = new ProducerRecord<byte[], byte[]>(
                TOPIC, null, 1_700_000_000_123L, user.getBytes(UTF_8), "{\"n\": 1299.990}".getBytes(UTF_8));
        record.headers()
                .add("ce_specversion", "1.0".getBytes(UTF_8))
                .add("ce_source", "/shop".getBytes(UTF_8))
                .add("ce_type", "page.viewed".getBytes(UTF_8))
                .add("tag", new byte[] {(byte) 0xff, 0, 'A'})
                .add("nothing", null);

        // When
        var page = page(record, user);

        // Then
        assertThat(page.asString())
                .contains("<td>" + IdText.shown("ce_type").getValue(), "<code>page.viewed</code>", "<code>/shop</code>")
                .contains("ff 00 41", "..A")
                .contains("<dt>Value</dt><dd>15 bytes")
                .contains("<dt>Headers</dt><dd>5");
        assertThat(Forms.area(page)).contains("1299.990");
        var draft = (ObjectNode) json.readTree(Forms.area(page));
        assertThat(draft.path("id").asText()).isEmpty();
        assertThat(draft.path("source").asText()).isEqualTo("/shop");
        assertThat(draft.path("type").asText()).isEqualTo("page.viewed");
        assertThat(draft.path("userId").asText()).isEqualTo(user);
        assertThat(draft.path("occurredAt").asText()).isEqualTo("2023-11-14T22:13:20.123Z");

        // When
        var action = "/console/failed/" + database.parkedAction(user) + "/action";
        var fields = Forms.fields(page, action);
        fields.put("action", draft.put("id", newId()).toString());
        assertThat(Forms.send(page, action, fields).statusCode()).isEqualTo(303);

        // Then
        await().atMost(SOON)
                .until(() -> database.number(
                                "SELECT COUNT(*) FROM user_action WHERE user_id = ? AND corrected AND processed_at > 0",
                                user)
                        == 1);
    }

    @Test
    void shouldTakeWhatStandsBeforeAMistake() throws Exception {
        // Given
        var user = newUser();
        var id = newId();

        // When
        var page = page(
                new ProducerRecord<>(
                        TOPIC,
                        user.getBytes(UTF_8),
                        ("{\"id\":\"" + id
                                        + "\",\"type\":\"page.viewed\",\"payload\":{\"a\":[1,2]},\"occurredAt\":\"yest")
                                .getBytes(UTF_8)),
                user);

        // Then
        var draft = json.readTree(Forms.area(page));
        assertThat(draft.path("id").asText()).isEqualTo(id);
        assertThat(draft.path("type").asText()).isEqualTo("page.viewed");
        assertThat(draft.path("userId").asText()).isEqualTo(user);
        assertThat(draft.path("payload").toString()).isEqualTo("{\"a\":[1,2]}");
        assertThat(draft.path("occurredAt").asText()).startsWith("20");
    }

    @Test
    void shouldShowInHexWhatIsNoText() {
        var user = newUser();

        var page =
                page(new ProducerRecord<>(TOPIC, user.getBytes(UTF_8), new byte[] {0, 1, (byte) 0xfe, 'H', 'i'}), user);

        assertThat(page.asString()).contains("id=\"value-hex\"", "00000000  00 01 fe 48 69", "...Hi");
        assertThat(Forms.area(page)).contains("\"userId\": \"" + user + "\"", "\"payload\": null");
    }

    @Test
    void shouldOfferOtherTextAsThePayload() throws Exception {
        var user = newUser();

        var page =
                page(new ProducerRecord<>(TOPIC, user.getBytes(UTF_8), "no <b>JSON</b>\u200b".getBytes(UTF_8)), user);

        assertThat(Forms.area(page)).contains("\\u200b");
        assertThat(json.readTree(Forms.area(page)).path("payload").asText()).isEqualTo("no <b>JSON</b>\u200b");
    }

    /** Otherwise the form would propose values that are refused when it is sent. */
    @Test
    void shouldReadKeyAndTimeAsTheyAreReadWhenTheyArrive() throws Exception {
        // Given
        var user = newUser();
        var id = newId();
        var value = "{\"id\":\"%s\",\"type\":\"page.viewed\",\"userId\":\"%s\",\"occurredAt\":\"2016-12-31T23:59:60Z\"}"
                .formatted(id, user);
        var before = database.number("SELECT COALESCE(MAX(seq), 0) FROM parked_action");

        // When
        publisher.publishBytes(
                new ProducerRecord<>(TOPIC, new byte[] {0, 0, 0, 0, 0, 0, 0, 42}, value.getBytes(UTF_8)));

        // Then
        var found = "SELECT seq FROM parked_action WHERE seq > ? AND record_value LIKE CONCAT('%', ?, '%')";
        await().atMost(SOON).until(() -> !database.texts(found, before, id).isEmpty());
        var page = operator().get("/console/failed/" + database.number(found, before, id));
        var draft = json.readTree(Forms.area(page));
        assertThat(draft.path("userId").asText()).isEqualTo(user);
        assertThat(draft.path("occurredAt").asText()).isEqualTo("2016-12-31T23:59:60Z");
    }

    private Response page(ProducerRecord<byte[], byte[]> record, String user) {
        publisher.publishBytes(record);
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ?", user) == 1);
        return operator().get("/console/failed/" + database.parkedAction(user));
    }
}
