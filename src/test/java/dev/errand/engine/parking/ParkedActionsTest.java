package dev.errand.engine.parking;

import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.FailedActionsApi.discard;
import static dev.errand.testsupport.FailedActionsApi.edit;
import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.Waiting.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.errand.action.TraceContext;
import dev.errand.handler.NonRetryableException;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Probe;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Failed actions are parked in MySQL, retried on schedule or corrected by the API, and then done. */
@QuarkusTest
class ParkedActionsTest {

    @Inject
    Probe probe;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    private final String user = newUser();

    @Test
    void shouldRetryOnScheduleRunTheBlockedOnesInOrderAndUnblockTheUserWhenAllAreDone() {
        // Given
        var runs = new AtomicInteger();
        probe.steps.put(user, attempted -> {
            // It makes three attempts in memory, then two on schedule.
            if (runs.incrementAndGet() < 5) {
                throw new IllegalStateException("not yet " + runs);
            }
        });
        var other = newUser();

        // When
        publishProbes(user, 5);
        publishProbes(other, 1);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 5 && database.points(other) == 1);
        assertProcessedInOrder(user, 5);
        assertThat(database.parkedStates(user)).containsOnly("RESOLVED");
        assertThat(database.texts("SELECT history->>'$[*].message' FROM parked_action WHERE user_id = ?", user)
                        .get(0))
                .contains("not yet 1", "not yet 2", "not yet 3", "not yet 4");
        assertThat(database.isBlocked(user)).isFalse();

        // When
        publishProbes(user, 1);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 6);
        assertThat(database.number("SELECT action_count FROM user_activity WHERE user_id = ?", user))
                .isEqualTo(6);
    }

    @Test
    void shouldShowEveryAttemptTheTraceOfTheRecord() {
        // Given
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var record = probes(user, 1).get(0);
        record.headers().add("traceparent", trace.getBytes(UTF_8));
        probe.steps.put(user, attempted -> {
            // It makes three attempts in memory, then one on schedule.
            if (probe.attempts.get(user).size() < 4) {
                throw new IllegalStateException("not yet");
            }
        });

        // When
        publisher.publish(record);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 1);
        assertThat(probe.attempts.get(user)).hasSize(4).allSatisfy(attempted -> assertThat(attempted.traceContext())
                .isEqualTo(new TraceContext(trace, null)));
    }

    @Test
    void shouldTakeNoRepeatOfAnActionThatFailedOrWaits() {
        // Given
        var broken = new AtomicBoolean(true);
        failWhile(broken, new NonRetryableException("on purpose"));
        var records = probes(user, 3);
        publisher.publish(records);
        await().atMost(SOON).until(() -> database.parkedStates(user).equals(List.of("DEAD", "WAITING", "WAITING")));

        // When
        publisher.publish(records);
        var marker = newUser();
        publisher.publish(records.stream()
                .map(each -> record(newId(), "a.b", marker, "{}"))
                .toList());
        await().atMost(SOON).until(() -> database.recorded(marker) == 3);
        broken.set(false);
        retry(database.parkedAction(user)).statusCode(200);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 3);
        assertThat(database.parkedStates(user)).containsExactly("RESOLVED", "RESOLVED", "RESOLVED");
        assertProcessedInOrder(user, 3);
    }

    @Test
    void shouldDieWhenItsAttemptsAreUsedUpAndBeTriedAgainByHand() {
        // Given
        var broken = new AtomicBoolean(true);
        failWhile(broken, new IllegalStateException("still broken"));
        publishProbes(user, 2);
        await().atMost(SOON).until(() -> database.parkedStates(user).equals(List.of("DEAD", "WAITING")));
        var id = database.parkedAction(user);
        operator()
                .get("/api/failed-actions/{id}", id)
                .then()
                .statusCode(200)
                .body("action.state", equalTo("DEAD"))
                .body("action.userId", equalTo(user))
                .body("action.attempts", equalTo(3))
                .body("action.errorClass", equalTo("java.lang.IllegalStateException"))
                .body("action.errorMessage", equalTo("still broken"))
                .body("stackTrace", containsString("ParkedActionsTest"))
                .body("history", hasSize(6))
                .body("behind", equalTo(1))
                .body("payload", equalTo("{\"n\": 0}"));
        operator()
                .get("/api/failed-actions/{id}/queue", id)
                .then()
                .statusCode(200)
                .body("items.state", contains("DEAD", "WAITING"))
                .body("next", nullValue());

        // When
        broken.set(false);
        retry(id).statusCode(200).body("state", equalTo("RETRYING"));

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 2);
        assertProcessedInOrder(user, 2);
        retry(id).statusCode(200).body("state", equalTo("RESOLVED"));
        operator()
                .get("/api/failed-actions/{id}/audit", id)
                .then()
                .body("operation", contains("retry"))
                .body("actor", contains(People.OPERATOR))
                .body("at", contains(notNullValue()));
    }

    @Test
    void shouldTakeAnEditedPayloadAndKeepTheOriginal() {
        // Given
        probe.steps.put(user, attempted -> {
            throw new NonRetryableException("wrong n");
        });
        publishProbes(user, 1);
        await().atMost(SOON).until(() -> database.parkedStates(user).equals(List.of("DEAD")));
        var id = database.parkedAction(user);
        probe.steps.remove(user);

        // When
        edit(id, "{\"payload\":{\"n\":17,\"note\":\"corrected\",\"amount\":12345678901234567.890}}")
                .statusCode(200);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 1);
        assertThat(database.texts("SELECT payload->>'$.n' FROM user_action WHERE user_id = ?", user))
                .containsExactly("17");
        operator()
                .get("/api/failed-actions/{id}", id)
                .then()
                .body("action.state", equalTo("RESOLVED"))
                .body("payload", equalTo("{\"n\": 0}"))
                .body("recordValue", containsString("{\"n\": 0}"))
                .body("editedPayload", containsString("corrected"))
                // All digits are kept: it may be an amount of money.
                .body("editedPayload", containsString("12345678901234567.890"));
    }

    @Test
    void shouldRunTheBlockedActionsWhenTheFailedOneIsDiscarded() {
        // Given
        probe.steps.put(user, attempted -> {
            if (probe.attempts.get(user).size() <= 1) {
                throw new NonRetryableException("never");
            }
        });
        publishProbes(user, 3);
        await().atMost(SOON).until(() -> database.parkedStates(user).equals(List.of("DEAD", "WAITING", "WAITING")));
        var id = database.parkedAction(user);

        // When
        discard(id, "{}").statusCode(400).contentType("application/problem+json");
        discard(id, "{\"reason\":\"a test order\"}").statusCode(200).body("state", equalTo("DISCARDED"));

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 2);
        assertThat(database.parkedStates(user)).containsExactly("DISCARDED", "RESOLVED", "RESOLVED");
        assertThat(database.number("SELECT COUNT(*) FROM user_action WHERE user_id = ? AND processed_at IS NULL", user))
                .isEqualTo(1);
        discard(id, "{\"reason\":\"again\"}").statusCode(200);
        retry(id)
                .statusCode(409)
                .contentType("application/problem+json")
                .body("status", equalTo(409))
                .body("detail", containsString("discarded"));
        operator().get("/api/failed-actions/{id}/audit", id).then().body("operation", contains("discard"));
    }

    @Test
    void shouldRetryAnUnreadableRecordWhenItIsEdited() {
        // Given
        var sent = publisher.publishBytes(user.getBytes(UTF_8), "{\"id\":".getBytes(UTF_8));
        var where = "topic = '" + sent.topic() + "' AND `partition` = " + sent.partition() + " AND `offset` = "
                + sent.offset();
        await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE " + where) == 1);
        var id = database.number("SELECT seq FROM parked_action WHERE " + where);

        // When
        retry(id).statusCode(409).body("detail", containsString("giving the action"));
        correct(id, "{\"id\":\"x\"}").statusCode(422).body("detail", containsString("missing"));
        correct(id, json(newId(), "test.probe", user, "{}")).statusCode(200).body("state", equalTo("RETRYING"));

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 1);
        operator()
                .get("/api/failed-actions/{id}", id)
                .then()
                .body("action.state", equalTo("RESOLVED"))
                .body("action.errorClass", equalTo("Unreadable"))
                .body("recordValue", equalTo("{\"id\":"));
    }

    @Test
    void shouldRefuseAnEditWhenTheLedgerHasItsAction() {
        var known = newId();
        publisher.publish(record(known, "a.b", user, "{}"));
        var sent = publisher.publishBytes(user.getBytes(UTF_8), new byte[] {1, 2, 3});
        var where = "topic = '" + sent.topic() + "' AND `partition` = " + sent.partition() + " AND `offset` = "
                + sent.offset();
        await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE " + where) == 1);
        var id = database.number("SELECT seq FROM parked_action WHERE " + where);

        correct(id, json(known, "a.b", user, "{}")).statusCode(409).body("detail", containsString("already"));

        assertThat(database.texts("SELECT state FROM parked_action WHERE seq = ?", id))
                .containsExactly("DEAD");
    }

    @Test
    void shouldRetryAGroupAtALimitedRate() {
        // Given
        var broken = new AtomicBoolean(true);
        var users = IntStream.range(0, 6).mapToObj(i -> newUser()).toList();
        users.forEach(each -> probe.steps.put(each, attempted -> {
            if (broken.get()) {
                throw new GroupFailure();
            }
        }));
        users.forEach(each -> publishProbes(each, 1));
        await().atMost(SOON).until(() -> users.stream()
                .allMatch(each -> database.parkedStates(each).equals(List.of("DEAD"))));
        operator()
                .queryParam("state", "DEAD")
                .queryParam("errorClass", GroupFailure.class.getName())
                .get("/api/failed-actions/groups")
                .then()
                .statusCode(200)
                .body("", hasSize(1))
                .body("[0].count", equalTo(6))
                .body("[0].type", equalTo("test.probe"));

        // When
        broken.set(false);
        var bulk = operator()
                .contentType(ContentType.JSON)
                .body(Map.of("errorClass", GroupFailure.class.getName(), "perSecond", 2))
                .post("/api/failed-actions/retries")
                .then()
                .statusCode(202)
                .extract()
                .path("id");

        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(database.number("""
                        SELECT ROUND(TIMESTAMPDIFF(MICROSECOND, MIN(next_attempt_at), MAX(next_attempt_at)) / 100000)
                        FROM parked_action WHERE bulk_retry = ? AND next_attempt_at IS NOT NULL AND lease_count = 0""", bulk))
                .as("six, two in a second, in tenths of a second")
                .isBetween(5L, 25L));
        await().atMost(SOON).until(() -> users.stream().allMatch(each -> database.points(each) == 1));
        operator()
                .get("/api/failed-actions/retries/{id}", bulk)
                .then()
                .body("retry.state", equalTo("DONE"))
                .body("retry.scheduled", equalTo(6))
                .body("states.state", contains("RESOLVED"))
                .body("states.count", contains(6));
    }

    /** An error class that only this test uses. */
    private static final class GroupFailure extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void shouldListByKeysetAndFilter() {
        // Given
        var payload = "{\"totalCents\":\"much\"}";
        publisher.publish(IntStream.range(0, 5)
                .mapToObj(i -> record(newId(), "order.placed", user, payload))
                .toList());
        await().atMost(SOON).until(() -> database.parkedStates(user).size() == 5);

        // Then
        var first = operator()
                .queryParam("userId", user)
                .queryParam("limit", 2)
                .get("/api/failed-actions")
                .then()
                .statusCode(200)
                .body("items", hasSize(2))
                .extract()
                .jsonPath();
        operator()
                .queryParam("userId", user)
                .queryParam("limit", 200)
                .queryParam("before", first.getLong("next"))
                .get("/api/failed-actions")
                .then()
                .body("items", hasSize(3))
                .body("next", nullValue());
        operator()
                .queryParam("userId", user)
                .queryParam("state", "DEAD")
                .queryParam("from", "2020-01-01T00:00:00Z")
                .get("/api/failed-actions")
                .then()
                .body("items.errorMessage", hasItem(containsString("totalCents")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/failed-actions?state=SLEEPING | 400 | state is SLEEPING",
                "/api/failed-actions?from=yesterday | 400 | from is yesterday",
                "/api/failed-actions?limit=0        | 400 | limit",
                "/api/failed-actions/0              | 404 | /api/failed-actions",
            })
    void shouldAnswerWithAProblemThatSaysWhatIsWrong(String request, int status, String words) {
        operator()
                .get(request)
                .then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("status", equalTo(status));
        assertThat(operator().get(request).asString()).contains(words);
    }

    /** Behind a failed action waits one with a payload that no handler can read. It dies, and keeps its place in the order. */
    @Test
    void shouldKeepTheOrderWhenABlockedActionDiesToo() {
        // Given
        var broken = new AtomicBoolean(true);
        failWhile(broken, new NonRetryableException("on purpose"));
        publishProbes(user, 1);
        publisher.publish(new ProducerRecord<>(Actions.TOPIC, user, json(newId(), "test.probe", user, "[]")));
        publishProbes(user, 1);
        await().atMost(SOON).until(() -> database.parkedStates(user).equals(List.of("DEAD", "DEAD", "WAITING")));
        broken.set(false);

        // When
        retry(database.parkedAction(user)).statusCode(200);
        await().atMost(SOON).until(() -> database.parkedStates(user).equals(List.of("RESOLVED", "DEAD", "WAITING")));
        var second = database.number("SELECT seq FROM parked_action WHERE user_id = ? AND state = 'DEAD'", user);
        discard(second, "{\"reason\":\"can't be stored\"}").statusCode(200);

        // Then
        await().atMost(SOON).until(() -> database.points(user) == 2);
        assertThat(database.parkedStates(user)).containsExactly("RESOLVED", "DISCARDED", "RESOLVED");
    }

    @Test
    void shouldNotBlockTheUserOfADeadActionWhereItsTypeSaysSo() {
        publisher.publish(record(newId(), "test.skipped", user, "{}"));
        publishProbes(user, 2);

        await().atMost(SOON).until(() -> database.points(user) == 2);
        assertThat(database.parkedStates(user).get(0)).isEqualTo("DEAD");
        assertThat(database.isBlocked(user)).isFalse();
    }

    @Test
    void shouldPublishADeadActionWithItsOriginalRecordAndTheError() {
        // Given
        var value = json(newId(), "test.skipped", user, "{}");
        var record = new ProducerRecord<>(Actions.TOPIC, user, value);
        record.headers().add("trace", "t-1".getBytes(UTF_8)).add("empty", null);

        // When
        var sent = publisher.publish(record);

        // Then
        var letters = new ArrayList<ConsumerRecord<String, String>>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        kafka,
                        "group.id",
                        newId(),
                        "auto.offset.reset",
                        "earliest",
                        "metadata.max.age.ms",
                        1000),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("dead-actions"));
            await().pollInSameThread().atMost(SOON).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
                return letters.stream().anyMatch(letter -> user.equals(letter.key()));
            });
        }
        var letter = letters.stream()
                .filter(each -> user.equals(each.key()))
                .findFirst()
                .orElseThrow();
        assertThat(letter.value()).isEqualTo(value);
        assertThat(header(letter, "trace")).isEqualTo("t-1");
        assertThat(letter.headers().lastHeader("empty").value()).isNull();
        assertThat(header(letter, "errand-error-class")).isEqualTo(NonRetryableException.class.getName());
        assertThat(header(letter, "errand-error-message")).isEqualTo("on purpose");
        assertThat(header(letter, "errand-error-topic")).isEqualTo(Actions.TOPIC);
        assertThat(header(letter, "errand-error-partition")).isEqualTo("" + sent.partition());
        assertThat(header(letter, "errand-error-offset")).isEqualTo("" + sent.offset());
        await().atMost(SOON)
                .until(() ->
                        database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ? AND to_publish", user)
                                == 0);
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private void failWhile(AtomicBoolean broken, RuntimeException failure) {
        probe.steps.put(user, attempted -> {
            if (broken.get()) {
                throw failure;
            }
        });
    }

    private void publishProbes(String owner, int count) {
        publisher.publish(probes(owner, count));
    }

    private static List<ProducerRecord<String, String>> probes(String owner, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> record(newId(), "test.probe", owner, "{\"n\": " + i + "}"))
                .toList();
    }

    private void assertProcessedInOrder(String owner, int count) {
        assertThat(database.texts(
                        "SELECT `offset` FROM user_action WHERE user_id = ? ORDER BY processed_at, seq", owner))
                .hasSize(count)
                .isEqualTo(
                        database.texts("SELECT `offset` FROM user_action WHERE user_id = ? ORDER BY `offset`", owner));
    }

    private static ValidatableResponse retry(long id) {
        return operator()
                .noContentType()
                .post("/api/failed-actions/{id}/retry", id)
                .then();
    }

    private static ValidatableResponse correct(long id, String action) {
        return edit(id, "{\"action\":" + action + "}");
    }
}
