package dev.errand.service.rest;

import static dev.errand.testsupport.Actions.TOPIC;
import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.FailedActionsApi.discard;
import static dev.errand.testsupport.FailedActionsApi.edit;
import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.People.viewer;
import static dev.errand.testsupport.Waiting.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.engine.parking.view.StoredValue;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.LogLines;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** Searches for a marker, which stands in masked payloads, at every address that a viewer can open. */
@QuarkusTest
@TestProfile(MaskedEverywhereTest.MaskedOrders.class)
class MaskedEverywhereTest {

    private static final String MARKER = "MARKER-4929-1234";
    private static final String DEAD = "masked-dead";
    private static final String PAYLOAD = "{\"orderId\":\"\",\"totalCents\":\"" + MARKER + "\"}";

    public static class MaskedOrders implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("errand.masking.types", "order.*", "errand.dead-letter.topic", DEAD);
        }
    }

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    private final List<String> users = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();

    @Test
    void shouldShowAViewerNothingOfWhatIsMasked() {
        // Given
        try (var log = LogLines.of("dev.errand")) {
            // These can be read, and fail with an error that quotes the payload.
            var failing = publish(PAYLOAD, "order.placed");
            var edited = publish(PAYLOAD, "order.placed");
            var discarded = publish(PAYLOAD, "order.placed");
            var done = publish("{\"orderId\":\"" + MARKER + "\",\"totalCents\":1}", "order.placed");
            await().atMost(SOON).until(() -> database.done(done) == 1);
            // It has the id of an action that is done, and another payload.
            var conflicting = newUser();
            send(conflicting, json(ids.get(3), "order.placed", conflicting, PAYLOAD));
            // These can't be read, so that their type is unknown.
            var unreadable = newUser();
            send(unreadable, "{\"id\":\"" + MARKER + "\",\"" + MARKER + "\":" + MARKER);
            var corrected = newUser();
            send(corrected, "{\"id\":1,\"payload\":\"" + MARKER + "\"}");
            var failingAgain = newUser();
            send(failingAgain, "{\"id\":1,\"payload\":\"" + MARKER + "\"}");
            var correctedConflict = newUser();
            send(correctedConflict, json(ids.get(3), "order.placed", correctedConflict, PAYLOAD));
            users.addAll(List.of(conflicting, unreadable, corrected, failingAgain, correctedConflict));
            await().atMost(SOON)
                    .until(() -> database.number(
                                    "SELECT COUNT(*) FROM parked_action WHERE user_id IN (?,?,?,?,?,?,?,?)",
                                    failing,
                                    edited,
                                    discarded,
                                    conflicting,
                                    unreadable,
                                    corrected,
                                    failingAgain,
                                    correctedConflict)
                            == 8);

            // When
            edit(database.parkedAction(edited), "{\"payload\":" + PAYLOAD + "}").statusCode(200);
            discard(database.parkedAction(discarded), "{\"reason\":\"a test\"}").statusCode(200);
            // The new type is not masked, but the original stays masked.
            correct(corrected, "page.viewed", "{\"seen\":\"" + MARKER + "\"}");
            correct(correctedConflict, "page.viewed", "{\"seen\":\"" + MARKER + "\"}");
            correct(failingAgain, "user.signed-up", "{\"email\":\"" + MARKER + "\"}");
            await().atMost(SOON)
                    .until(() -> database.number(
                                    "SELECT COUNT(*) FROM parked_action WHERE user_id IN (?, ?) AND state = 'RESOLVED'",
                                    corrected,
                                    correctedConflict)
                            == 2);
            await().atMost(SOON)
                    .until(() -> database.number(
                                    "SELECT COUNT(*) FROM parked_action WHERE user_id IN (?, ?) AND state = 'DEAD'"
                                            + " AND attempts = 1",
                                    failingAgain,
                                    edited)
                            == 2);
            assertThat(database.number(
                            "SELECT COUNT(*) FROM parked_action WHERE error_message LIKE ?", "%" + MARKER + "%"))
                    .as("errors do quote it")
                    .isPositive();

            // Then
            for (var address : addresses()) {
                var answer = viewer().urlEncodingEnabled(false).get(address);
                assertThat(answer.statusCode()).as(address).isNotEqualTo(500);
                assertThat(answer.asString()).as(address).doesNotContain(MARKER).doesNotContain(base64(MARKER));
            }
            assertThat(log.lines()).noneMatch(line -> line.contains(MARKER));
            // An operator sees no more than a viewer.
            for (var each : database.texts("SELECT seq FROM parked_action")) {
                assertThat(operator().get("/console/failed/" + each).asString()).doesNotContain(MARKER);
            }
            assertThat(headersOfLetters(8)).noneMatch(value -> value.contains(MARKER));
        }
    }

    /** All addresses that show anything of an action. */
    private List<String> addresses() {
        List<String> addresses = new ArrayList<>(List.of(
                "/api/failed-actions?limit=500",
                "/api/failed-actions/groups",
                "/api/failed-actions/retries",
                "/api/status",
                "/api/status/last-hour",
                "/api/consumer",
                "/api/consumer/gaps",
                "/console",
                "/console/actions",
                "/console/actions/tail",
                "/console/failed",
                "/console/failed?state=DEAD"));
        for (var seq : database.texts("SELECT seq FROM parked_action")) {
            var one = "/api/failed-actions/" + seq;
            addresses.addAll(List.of(one, one + "/queue", one + "/audit", "/console/failed/" + seq));
            for (var value : StoredValue.values()) {
                addresses.add(one + "/values/" + value.pathName());
            }
            database.texts("SELECT seq FROM audit_entry WHERE subject = ?", "failed-action/" + seq)
                    .forEach(entry -> addresses.add(one + "/audit/" + entry + "/detail"));
        }
        for (var user : users) {
            addresses.addAll(
                    List.of("/api/users/" + user, "/api/users/" + user + "/actions", "/console/user?id=" + user));
        }
        for (var id : database.texts("SELECT id FROM user_action")) {
            addresses.addAll(
                    List.of("/api/actions?id=" + id, "/api/actions/payload?id=" + id, "/console/action?id=" + id));
        }
        return addresses;
    }

    private List<String> headersOfLetters(int wanted) {
        List<String> values = new ArrayList<>();
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka, "group.id", "masked-test", "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(DEAD));
            int[] letters = {0};
            await().pollInSameThread().atMost(SOON).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(letter -> {
                    letters[0]++;
                    letter.headers().forEach(header -> {
                        if (header.key().startsWith("errand-")) {
                            values.add(new String(header.value(), UTF_8));
                        }
                    });
                });
                return letters[0] >= wanted;
            });
        }
        return values;
    }

    private String publish(String payload, String type) {
        var user = newUser();
        var id = newId();
        users.add(user);
        ids.add(id);
        send(user, json(id, type, user, payload));
        return user;
    }

    private void send(String user, String value) {
        var record = new ProducerRecord<>(TOPIC, user, value);
        record.headers().add("note", MARKER.getBytes(UTF_8)).add(MARKER, new byte[] {1});
        publisher.publish(record);
    }

    private void correct(String user, String type, String payload) {
        edit(database.parkedAction(user), "{\"action\":" + json(newId(), type, user, payload) + "}")
                .statusCode(200);
    }

    /** The part of the Base64 text that does not depend on its surroundings. */
    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8)).substring(0, 12);
    }
}
