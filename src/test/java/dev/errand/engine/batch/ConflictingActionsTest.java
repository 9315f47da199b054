package dev.errand.engine.batch;

import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.FailedActionsApi.edit;
import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.ParkedAction;
import dev.errand.handler.NonRetryableException;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.GivenRecord;
import dev.errand.testsupport.LogLines;
import dev.errand.testsupport.Probe;
import dev.errand.testsupport.Publisher;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of two actions with the same identity neither is lost silently, and a repeat is never taken for a different action. */
@QuarkusTest
@TestProfile(ConflictingActionsTest.TwoTopics.class)
class ConflictingActionsTest {

    private static final String SECOND_TOPIC = "more-actions";
    private static final AtomicLong OFFSET = new AtomicLong();

    /** Two services publish to two topics. */
    public static class TwoTopics implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("errand.topics", Actions.TOPIC + "," + SECOND_TOPIC);
        }
    }

    @Inject
    TransactionalUnitOfWork unit;

    @Inject
    Probe probe;

    @Inject
    MeterRegistry meters;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    private final String user = newUser();
    private final String other = newUser();
    private final String id = newId();

    @Test
    void shouldKeepTheSecondOfTwoTopicsThatCountFromOneAndHoldUpNobody() {
        // Given
        try (var log = LogLines.of("dev.errand.engine.batch")) {
            publisher.publish(new ProducerRecord<>(Actions.TOPIC, user, json(id, "test.probe", user, "{\"n\":1}")));
            await().atMost(SOON).until(() -> database.done(user) == 1);

            // When
            publisher.publish(new ProducerRecord<>(
                    SECOND_TOPIC, other, json(id, "test.skip", other, "{\"secret\":\"of " + other + "\"}")));
            publisher.publish(new ProducerRecord<>(SECOND_TOPIC, other, json(newId(), "test.probe", other, "{}")));

            // Then
            await().atMost(SOON).until(() -> database.done(other) == 1);
            assertThat(kept(other)).containsExactly("DEAD 0 Conflicting");
            assertThat(reason(other))
                    .contains("\"" + id + "\"", SECOND_TOPIC + "-", Actions.TOPIC + "-", "user and type and payload")
                    .contains("source")
                    .doesNotContain("secret")
                    .doesNotContain(other);
            assertThat(database.isBlocked(other)).isFalse();
            assertThat(meters.get("errand.actions")
                            .tags("topic", SECOND_TOPIC, "type", "test.skip", "outcome", "conflicting")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("errand.actions")
                            .tags("topic", SECOND_TOPIC, "type", "test.skip", "outcome", "duplicate")
                            .counter()
                            .count())
                    .isZero();
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .contains(SECOND_TOPIC + "-", Actions.TOPIC + "-")
                            .contains("user and type and payload"))
                    .allSatisfy(
                            line -> assertThat(line).doesNotContain("secret").doesNotContain(other));
        }
    }

    @Test
    void shouldTellCloudEventsApartThatHaveOneSourceAndId() {
        publisher.publish(event("order.seen", "{\"n\":1}"));
        publisher.publish(event("order.seen", "{ \"n\": 1.0 }"));
        publisher.publish(event("order.seen", "{\"n\":2}"));

        await().atMost(SOON).until(() -> !kept(user).isEmpty());
        assertThat(kept(user)).containsExactly("DEAD 0 Conflicting");
        assertThat(reason(user)).contains("\"/shop\"", "another payload:");
        assertThat(database.done(user)).isEqualTo(1);
    }

    private ProducerRecord<String, String> event(String type, String payload) {
        var record = new ProducerRecord<>(Actions.TOPIC, user, payload);
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        id,
                        "ce_source",
                        "/shop",
                        "ce_type",
                        type,
                        "ce_time",
                        "2026-01-01T00:00:00Z")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    @Test
    void shouldLookAtTheSecondOfTwoInOneUnitOfWorkToo() throws Exception {
        var first = prepared(action(user, "1"));
        var conflicting = prepared(action(other, "1"));
        var third = prepared(action(other, "2"));

        var taken = unit.run(List.of(first, conflicting, prepared(action(user, "1.0")), third));

        assertThat(taken.done()).containsExactly(first);
        assertThat(taken.duplicates()).hasSize(1);
        assertThat(taken.conflicting())
                .extracting(IdentityConflict::action)
                .containsExactly(conflicting.action(), third.action());
        assertThat(kept(other)).containsExactly("DEAD 0 Conflicting", "DEAD 0 Conflicting");
    }

    @Test
    void shouldKeepAConflictingRecordOnceHoweverOftenItIsReadAgain() throws Exception {
        unit.run(List.of(prepared(action(user, "1"))));
        var conflicting = prepared(action(user, "2"));
        unit.run(List.of(conflicting));
        database.execute("UPDATE parked_action SET state = 'DISCARDED' WHERE user_id = '" + user + "'");

        unit.run(List.of(conflicting));
        var taken = unit.run(List.of(conflicting, conflicting));

        assertThat(taken.duplicates()).isEmpty();
        assertThat(kept(user)).containsExactly("DISCARDED 0 Conflicting");
    }

    @Test
    void shouldTellARecordFromTheOneAtItsPositionBeforeTheTopicWasCreatedAgain() throws Exception {
        var first = action(user, "1");
        unit.run(List.of(prepared(first)));
        var anew = new Action<>(first.key(), first.type(), other, first.occurredAt(), "1", null, first.position());

        var taken = unit.run(List.of(prepared(anew)));

        assertThat(taken.conflicting()).hasSize(1);
        assertThat(reason(other)).contains("another user:");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":1,"bb":[1.50,{"c":null}],"b":"é"} | { "b": "\\u00e9", "bb": [1.5, {"c": null}], "a": 1.0 }
            {"n":12345678901234567890.12345}       | {"n":12345678901234567890.12345}
            {"n":123456789012345678901234567890}   | {"n":123456789012345678901234567890}
            {"n":0.1e-7}                           | {"n":1E-8}
            {"n":18446744073709551615}             | {"n":18446744073709551615}
            [-0.0, 5e-324, 1.7976931348623157e308] | [0, 5e-324, 1.7976931348623157E+308]
            "\\u0000\\ud83d\\ude00\\/"             | "\\u0000😀/"
            """)
    void shouldTakeARepeatInAnotherSpellingForARepeat(String published, String again) throws Exception {
        unit.run(List.of(prepared(action(user, published))));

        var taken = unit.run(List.of(prepared(action(user, published)), prepared(action(user, again))));

        assertThat(taken.conflicting()).isEmpty();
        assertThat(taken.duplicates()).hasSize(2);
    }

    @Test
    void shouldTakeNoDoubleForAnotherThatTheLedgerHasReadAndWrittenItself() throws Exception {
        // Given
        var seed = System.nanoTime();
        var random = new Random(seed);
        var numbers = new StringBuilder("[0");
        for (int i = 0; i < 2_000; i++) {
            var any = Double.longBitsToDouble(random.nextLong());
            numbers.append(',')
                    .append(Double.isFinite(any) ? any : 1.0)
                    .append(',')
                    .append(random.nextLong());
            numbers.append(',').append(random.nextInt(1_000_000)).append('.').append(random.nextInt(1_000_000));
        }
        var action = action(user, numbers.append(']').toString());
        unit.run(List.of(prepared(action)));

        // When
        var taken = unit.run(List.of(prepared(action)));

        // Then
        assertThat(taken.conflicting()).as("seed " + seed).isEmpty();
    }

    @Test
    void shouldCompareWithWhatWasPublishedWhereTheFirstOneFailed() throws Exception {
        var first = action(user, "{\"n\":1}");
        park(List.of(first));

        var taken = unit.run(
                List.of(prepared(first), prepared(action(user, "{\"n\":1.0}")), prepared(action(user, "{\"n\":2}"))));

        assertThat(taken.done()).isEmpty();
        assertThat(taken.duplicates()).hasSize(2);
        assertThat(taken.conflicting()).hasSize(1);
        assertThat(kept(user)).containsExactly("DEAD 1 java.lang.IllegalStateException", "DEAD 0 Conflicting");
    }

    /** MySQL refuses these payloads before it looks for duplicates. They fail again, and then Errand has to recognise them. */
    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud800\"", "1e999"})
    void shouldCompareWhatMySqlCantStore(String payload) throws Exception {
        var first = action(user, payload);
        park(List.of(first));

        assertThat(park(List.of(first))).isEmpty();
        assertThat(park(List.of(action(user, payload)))).isEmpty();
        assertThat(park(List.of(action(user, "1e998")))).hasSize(1);
        assertThat(kept(user)).containsExactly("DEAD 1 java.lang.IllegalStateException", "DEAD 0 Conflicting");
    }

    @Test
    void shouldCompareWithWhatWaitsBehindAFailedAction() throws Exception {
        park(List.of(action(user, "\"in front\"")));
        var first = new ActionKey("", newId());
        var behind = action(first, user, "1");

        var taken = unit.run(List.of(prepared(behind), prepared(action(first, user, "2"))));

        assertThat(taken.blocked()).hasSize(1);
        assertThat(taken.conflicting()).hasSize(1);
        assertThat(unit.run(List.of(prepared(behind))).duplicates()).hasSize(1);
        assertThat(kept(user))
                .containsExactly("DEAD 1 java.lang.IllegalStateException", "WAITING 1 null", "DEAD 0 Conflicting");
    }

    @Test
    void shouldCompareWithWhatWasPublishedWhateverItWasEditedTo() throws Exception {
        // Given
        var steps = new AtomicLong();
        probe.steps.put(user, attempted -> {
            if (steps.incrementAndGet() == 1) {
                throw new NonRetryableException("as it is");
            }
        });
        publisher.publish(new ProducerRecord<>(Actions.TOPIC, user, json(id, "test.probe", user, "{\"n\":1}")));
        await().atMost(SOON).until(() -> kept(user).size() == 1);
        edit(database.parkedAction(user), "{\"payload\":{\"n\":17}}").statusCode(200);
        await().atMost(SOON).until(() -> database.done(user) == 1);
        var published = probeAgain("{\"n\":1}");
        var edited = probeAgain("{\"n\":17}");

        // Then
        assertThat(unit.run(List.of(prepared(published))).duplicates()).hasSize(1);
        assertThat(unit.run(List.of(prepared(edited))).conflicting()).hasSize(1);

        // Without the parked row, nothing knows the published payload any more.
        database.execute("DELETE FROM parked_action WHERE user_id = '" + user + "'");
        assertThat(unit.run(List.of(prepared(published), prepared(edited))).duplicates())
                .hasSize(2);
        assertThat(unit.run(List.of(prepared(action(published.key(), other, "{\"n\":1}"))))
                        .conflicting())
                .hasSize(1);
    }

    private Action<String> probeAgain(String payload) {
        return new Action<>(
                new ActionKey("", id),
                "test.probe",
                user,
                Instant.parse("2020-11-22T05:00:00.123456Z"),
                payload,
                null,
                new RecordPosition("t", 0, OFFSET.incrementAndGet()));
    }

    @Test
    void shouldKeepAFailedActionWhoseIdentityWasTakenMeanwhile() throws Exception {
        unit.run(List.of(prepared(action(user, "1"))));

        var conflicts = park(List.of(action(other, "1"), action(user, "1")));

        assertThat(conflicts).hasSize(1);
        assertThat(kept(other)).containsExactly("DEAD 0 Conflicting");
        assertThat(kept(user)).isEmpty();
        assertThat(database.isBlocked(other)).isFalse();
    }

    @Test
    void shouldKeepBothOfTwoThatFailTogether() throws Exception {
        var conflicts = park(List.of(action(user, "1"), action(other, "1")));

        assertThat(conflicts).hasSize(1);
        assertThat(kept(user)).containsExactly("DEAD 1 java.lang.IllegalStateException");
        assertThat(kept(other)).containsExactly("DEAD 0 Conflicting");
    }

    @Test
    void shouldRetryAConflictingRecordOnlyWhenAnEditGivesItAnotherIdentity() throws Exception {
        // Given
        unit.run(List.of(prepared(action(user, "{}"))));
        unit.run(List.of(prepared(action(other, "{}"))));
        var seq = database.parkedAction(other);
        operator()
                .contentType(ContentType.JSON)
                .post("/api/failed-actions/{id}/retry", seq)
                .then()
                .statusCode(409)
                .body("detail", containsString("correct it"));
        var same = json(id, "test.probe", other, "{}");
        correct(seq, same, 409, "another user and type and time: give this one another source or id");

        // When
        correct(seq, same.replaceFirst("\\{", "{\"source\":\"second\","), 200, "");

        // Then
        await().atMost(SOON).until(() -> database.done(other) == 1);
        assertThat(kept(other)).containsExactly("RESOLVED 1 Conflicting");
    }

    private static void correct(long seq, String action, int status, String detail) {
        var answer = edit(seq, "{\"action\":" + action + "}").statusCode(status);
        if (status == 200) {
            answer.body("state", equalTo("RETRYING"));
        } else {
            answer.body("detail", containsString(detail));
        }
    }

    @Test
    void shouldAskOnceHoweverManyAreReadAgain() throws Exception {
        var batch = new ArrayList<BoundAction>();
        for (int i = 0; i < 1_000; i++) {
            batch.add(prepared(action(new ActionKey("", newId()), user + "-" + i % 50, "{\"n\":" + i + ",\"a\":[1]}")));
        }
        unit.run(batch);

        var taken = database.logged(() -> unit.run(batch));

        assertThat(taken.duplicates()).hasSize(1_000);
        assertThat(database.number(
                        "SELECT COUNT(*) FROM mysql.general_log WHERE argument LIKE 'SELECT a.action_key, a.user_id%'"))
                .isEqualTo(1);
    }

    private List<IdentityConflict> park(List<Action<String>> actions) throws Exception {
        var failures = List.of(Failure.of(new IllegalStateException(), true, Instant.now()));
        return unit.park(
                actions.stream()
                        .map(action -> new ParkedAction(
                                new GivenRecord(action, 0).original(),
                                action.userId(),
                                action,
                                failures,
                                null,
                                true,
                                false))
                        .toList(),
                () -> true);
    }

    private static BoundAction prepared(Action<String> action) {
        return new BoundAction(0, new GivenRecord(action, 0), action, List.of());
    }

    private Action<String> action(String owner, String payload) {
        return action(new ActionKey("", id), owner, payload);
    }

    /** Each action has a position of its own. */
    private static Action<String> action(ActionKey key, String owner, String payload) {
        return new Action<>(
                key,
                "a.b",
                owner,
                Instant.parse("2026-11-22T05:00:00.123456Z"),
                payload,
                null,
                new RecordPosition("t", 0, OFFSET.incrementAndGet()));
    }

    private List<String> kept(String owner) {
        return database.texts(
                "SELECT CONCAT_WS(' ', state, blocking, COALESCE(error_class, 'null')) FROM parked_action"
                        + " WHERE user_id = ? ORDER BY seq",
                owner);
    }

    private String reason(String owner) {
        return database.texts("SELECT error_message FROM parked_action WHERE user_id = ?", owner)
                .get(0);
    }
}
