package dev.errand.service.rest;

import static dev.errand.testsupport.Actions.TOPIC;
import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.People.viewer;
import static dev.errand.testsupport.Waiting.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A payload is stored and shown byte for byte, for every record format and every outcome of its action. */
@QuarkusTest
class PublishedPayloadTest {

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    private final String user = newUser();
    private final String id = newId();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":12345678901234567.89}",
                "{ \"b\" : 1.10 ,\n\t\"a\":1E+2, \"c\":[ -0.0, 1e-7 ] }",
                "[18446744073709551616,0.1000000000000000055511151231257827]",
                "\"\\u00e9\\/é\\ud83d\\ude00\\u0000\"",
                "1.50",
                "null"
            })
    void shouldKeepThePayloadAsPublished(String payload) {
        publisher.publish(new ProducerRecord<>(TOPIC, user, json(id, "a.b", user, payload)));
        assertKept("", payload);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"n\":12345678901234567.89}", "{ \"b\" : 1.10 , \"a\":1E+2 }"})
    void shouldKeepTheDataOfCloudEventsAsPublished(String data) {
        var structured = new ProducerRecord<>(TOPIC, user, """
                {"specversion":"1.0","id":"%s","source":"s","type":"a.b","subject":"%s","data":%s}""".formatted(id, user, data));
        structured.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));
        publisher.publish(structured);
        assertKept("s", data);

        var binary = new ProducerRecord<>(TOPIC, user, data);
        Map.of("ce_specversion", "1.0", "ce_id", id, "ce_source", "t", "ce_type", "a.b")
                .forEach((name, value) -> binary.headers().add(name, value.getBytes(UTF_8)));
        publisher.publish(binary);
        assertKept("t", data);
    }

    private void assertKept(String source, String payload) {
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        database.texts("SELECT payload FROM user_action WHERE id = ? AND source = ?", id, source))
                .containsExactly(payload));
        var answer = viewer().get("/api/actions?id={id}&source={source}", id, source)
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(answer).contains("\"payload\":" + payload + ",");
        assertThat(viewer().get("/api/actions/payload?id={id}&source={source}", id, source)
                        .asString())
                .isEqualTo(payload);
        // MySQL's JSON functions can read it too.
        assertThat(database.number("SELECT COUNT(*) FROM user_action WHERE id = ? AND JSON_VALID(payload)", id))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"orderId\":\"o\",\"totalCents\":1299.99}", "{ \"orderId\" : \"o\", \"totalCents\":1.0e3 }"})
    void shouldKeepThePayloadOfWhatCanNotBeDone(String payload) {
        // When
        publisher.publish(new ProducerRecord<>(TOPIC, user, json(id, "order.placed", user, payload)));

        // Then
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(database.texts("SELECT payload FROM parked_action WHERE id = ?", id))
                        .containsExactly(payload));
        assertThat(database.texts("SELECT error_message FROM parked_action WHERE id = ?", id))
                .singleElement()
                .asString()
                .startsWith("payload.totalCents is ")
                .endsWith(", not a whole number");
        var seq = database.number("SELECT seq FROM parked_action WHERE id = ?", id);
        assertThat(viewer().get("/api/failed-actions/{seq}", seq).jsonPath().getString("payload"))
                .isEqualTo(payload);
        assertThat(viewer().get("/api/failed-actions/{seq}/values/payload", seq).asString())
                .isEqualTo(payload);
    }
}
