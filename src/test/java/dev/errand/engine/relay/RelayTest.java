package dev.errand.engine.relay;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.Waiting.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Events;
import dev.errand.handler.Handles;
import dev.errand.handler.NonRetryableException;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.WholeTopic;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events and dead actions are published even if some of them can't be. The limits of the topics change meanwhile. */
@QuarkusTest
@TestProfile(RelayTest.TopicsOfItsOwn.class)
@Tag("long")
class RelayTest {

    private static final String EVENTS = "relay-events";
    private static final String LETTERS = "relay-dead";
    private static final String LIMIT = "max.message.bytes";
    private static final String STRICT_TIME = "message.timestamp.before.max.ms";
    private static final int MEGABYTE = 1 << 20;

    /** Topics without the events and dead letters of other tests. */
    public static class TopicsOfItsOwn implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "errand.events.topic", EVENTS,
                    "errand.dead-letter.topic", LETTERS,
                    "errand.metrics.sample-interval", "1s");
        }
    }

    @TestHTTPResource(value = "/", management = true)
    URL management;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    private final String user = newUser();
    private Admin admin;

    /** Emits an event of the size that the action asks for, and fails if the action asks for that. */
    @Handles("test.large")
    @Singleton
    static class Large implements ActionHandler<Map<String, Integer>> {

        @Inject
        Events events;

        @Override
        public void handle(Action<Map<String, Integer>> action) {
            events.emit("test.large", "0".repeat(action.payload().getOrDefault("bytes", 0)));
            var message = action.payload().getOrDefault("message", 0);
            if (message > 0) {
                throw new NonRetryableException("m".repeat(message));
            }
        }
    }

    @BeforeEach
    void open() throws Exception {
        admin = KafkaAdmin.of(kafka);
        var existing = admin.listTopics().names().get();
        for (var topic : List.of(EVENTS, LETTERS)) {
            if (!existing.contains(topic)) {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get();
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        for (var topic : List.of(EVENTS, LETTERS)) {
            configure(topic, LIMIT, null);
            configure(topic, "cleanup.policy", null);
            configure(topic, STRICT_TIME, null);
        }
        database.execute("DELETE FROM outbox_event");
        database.execute("UPDATE parked_action SET to_publish = 0, letter_quarantined_at = NULL");
        admin.close();
    }

    // ---- events ----------------------------------------------------------------------------------------------------

    @Test
    void shouldRefuseAnEventThatItsTopicWouldRefuseWhereItIsEmitted() {
        // Given
        awaitRefusal(1_048_588);

        // When
        // With compression the event would fit, but its size counts without.
        publisher.publish(record(newId(), "test.large", user, "{\"bytes\":" + 2 * MEGABYTE + "}"));
        publisher.publish(record(newId(), "test.large", user, "{\"bytes\":" + (1_048_588 - 100) + "}"));
        var other = newUser();
        publisher.publish(record(newId(), "test.large", other, "{\"bytes\":" + (MEGABYTE - 1_000) + "}"));

        // Then
        await().atMost(SOON).until(() -> published(EVENTS, other).size() == 1);
        await().atMost(SOON).until(() -> database.parkedStates(user).equals(List.of("DEAD", "WAITING")));
        assertThat(database.texts("SELECT error_message FROM parked_action WHERE user_id = ? AND state = 'DEAD'", user)
                        .get(0))
                .contains("test.large")
                .contains(String.valueOf(2 * MEGABYTE).substring(0, 4))
                .contains("1048588 bytes (max.message.bytes of the topic relay-events)");
        assertThat(database.number("SELECT COUNT(*) FROM outbox_event WHERE user_id = ?", user))
                .isZero();
    }

    @Test
    void shouldRefuseAnEventByTheLimitThatItsTopicHasByNow() throws Exception {
        configure(EVENTS, LIMIT, "5000");

        awaitRefusal(5000);
        publisher.publish(record(newId(), "test.large", user, "{\"bytes\":4000}"));

        await().atMost(SOON).until(() -> published(EVENTS, user).size() == 1);
    }

    /** Waits until events are refused by this limit: Errand asks Kafka for it every ten seconds. */
    private void awaitRefusal(int limit) {
        await().atMost(SOON).pollInterval(Duration.ofSeconds(1)).until(() -> {
            publisher.publish(record(newId(), "test.large", newUser(), "{\"bytes\":" + limit + "}"));
            return database.number("""
                            SELECT COUNT(*) FROM parked_action WHERE type = 'test.large'
                              AND error_message LIKE '%% %d bytes (max.message.bytes of the topic relay-events)%%'""".formatted(limit)) > 0;
        });
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM outbox_event WHERE quarantined_at IS NULL") == 0);
        database.execute("DELETE FROM outbox_event");
    }

    @Test
    void shouldSetAsideAnEventThatBecameTooLargeAndPublishItsNeighboursOnce() throws Exception {
        // Given
        configure(EVENTS, LIMIT, "5001");
        awaitRefusal(5001);
        var others = IntStream.range(0, 20).mapToObj(i -> newUser()).toList();

        // When
        // They are written in one transaction, so that they are published together. One is too large by its payload
        // alone, another only with its headers.
        insert(others, 10, 10);
        insert(List.of(user, user, user), 20_000, 4_990, 30);
        insert(others, 20, 10);
        insertTogether();

        // Then
        await().atMost(SOON).until(() -> quarantined().size() == 2);
        await().atMost(SOON).until(() -> counts(others).stream().allMatch(count -> count >= 4));
        await().atMost(SOON).until(() -> published(EVENTS, user).size() == 1);
        assertThat(database.texts("SELECT quarantine_reason FROM outbox_event ORDER BY seq"))
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("20002 bytes").contains("5001 bytes"),
                        reason -> assertThat(reason).contains("RecordTooLargeException"));
        assertThat(counts(others)).containsOnly(4L);
        await().atMost(SOON).until(() -> metrics().contains("errand_outbox_quarantined 2.0"));
        assertThat(health()).contains("2 events and 0 dead actions can't be published");
        assertThat(metrics()).contains("errand_outbox_events 0.0");

        // When
        configure(EVENTS, LIMIT, "100000");
        database.execute("UPDATE outbox_event SET quarantined_at = NULL, quarantine_reason = NULL");

        // Then
        await().atMost(SOON).until(() -> published(EVENTS, user).size() == 3);
        await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);
        assertThat(counts(others)).containsOnly(4L);
    }

    /**
     * The producer splits a batch that is too large for its topic, but again into batches of its configured size. That is in vain
     * where all events fit into one such batch.
     */
    @Test
    void shouldPublishManySmallEventsWhoseTopicTakesLessThanABatch() throws Exception {
        configure(EVENTS, LIMIT, "1000");
        awaitRefusal(1000);
        var many = IntStream.range(0, 100).mapToObj(i -> newUser()).toList();

        insert(many, 100);
        insertTogether();

        await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);
        assertThat(counts(many)).containsOnly(1L);
        assertThat(quarantined()).isEmpty();
    }

    @Test
    void shouldKeepEachUsersOrderAmongFiveHundredEventsOfOneTransaction() {
        var few = List.of(newUser(), newUser(), newUser());
        IntStream.range(0, 200).forEach(i -> few.forEach(each -> insert(List.of(each), 1_000 + i)));
        insertTogether();

        await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);

        var lengths = IntStream.range(0, 200).mapToObj(i -> 1_002 + i).toList();
        assertThat(few).allSatisfy(each -> assertThat(published(EVENTS, each).stream()
                        .map(event -> event.value().length()))
                .isEqualTo(lengths));
    }

    /** The broker refuses each record for its timestamp, as with a wrong clock. That is not the fault of a record. */
    @Test
    void shouldSetNothingAsideForWhatIsWrongWithNoRow() throws Exception {
        configure(EVENTS, STRICT_TIME, "0");
        insert(List.of(user, user, user), 10_000, 20_000, 30_000);
        insertTogether();

        await().during(Duration.ofSeconds(8)).atMost(Duration.ofSeconds(12)).until(() -> quarantined()
                .isEmpty());
        assertThat(database.number("SELECT COUNT(*) FROM outbox_event")).isPositive();
        configure(EVENTS, STRICT_TIME, null);

        await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);
        assertThat(published(EVENTS, user).stream().map(event -> event.value().length()))
                .containsExactly(10_002, 20_002, 30_002);
    }

    // ---- dead letters ----------------------------------------------------------------------------------------------

    @Test
    void shouldPublishADeadActionWithoutWhatMakesItTooLarge() throws Exception {
        // Given
        configure(LETTERS, LIMIT, "3000");
        var longMessage = newUser();
        var largeValue = newUser();
        var largeHeaders = newUser();
        var largeKey = "k".repeat(4_000);
        var neighbour = newUser();

        // When
        publisher.publish(dead(longMessage, 1_900, 0, 0, 1_000));
        publisher.publish(dead(largeValue, 100, 0, 5_000, 0));
        publisher.publish(dead(largeHeaders, 100, 5_000, 0, 0));
        publisher.publishBytes(largeKey.getBytes(UTF_8), "no JSON".getBytes(UTF_8));
        publisher.publish(dead(neighbour, 100, 0, 0, 0));

        // Then
        await().atMost(SOON).until(() -> published(LETTERS, neighbour).size() == 1);
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE to_publish = 1") == 0);
        assertThat(letter(longMessage, "errand-error-left-out")).isEqualTo("the end of the error message");
        assertThat(letter(longMessage, "errand-error-message")).endsWith("…");
        assertThat(published(LETTERS, longMessage).get(0).value()).contains("test.large");
        assertThat(letter(largeValue, "errand-error-left-out")).startsWith("the value of 5");
        assertThat(letter(largeValue, "errand-error-whole"))
                .isEqualTo("/api/failed-actions/" + database.parkedAction(largeValue));
        assertThat(published(LETTERS, largeValue).get(0).value()).isEmpty();
        assertThat(letter(largeHeaders, "errand-error-left-out")).isEqualTo("the record's own headers");
        assertThat(published(LETTERS, largeHeaders).get(0).value()).contains("test.large");
        assertThat(all(LETTERS).stream()
                        .filter(each -> each.key() == null && each.value().equals("no JSON")))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.value()).isEqualTo("no JSON");
                    assertThat(header(each, "errand-error-left-out")).isEqualTo("the key of 4000 bytes");
                });
        assertThat(List.of(longMessage, largeValue, largeHeaders, neighbour))
                .allSatisfy(each -> assertThat(published(LETTERS, each)).hasSize(1));
    }

    /** A compacted topic refuses records without a key. The others of the batch must neither wait nor be published twice. */
    @Test
    void shouldSetAsideADeadActionThatItsTopicDoesNotTakeAndPublishItsNeighboursOnce() throws Exception {
        // Given
        var before = newUser();
        var after = newUser();
        publisher.publish(dead(before, 10, 0, 0, 0));
        await().atMost(SOON).until(() -> published(LETTERS, before).size() == 1);
        publisher.publishBytes(null, "no JSON and no key".getBytes(UTF_8));
        await().atMost(SOON).until(() -> withoutKey() == 1);
        publisher.publish(dead(after, 10, 0, 0, 0));
        await().atMost(SOON).until(() -> published(LETTERS, after).size() == 1);

        // When
        configure(LETTERS, "cleanup.policy", "compact");
        // All three are published again, together.
        database.execute(
                "UPDATE parked_action SET to_publish = 1 WHERE record_value = 'no JSON and no key' OR user_id IN ('"
                        + before + "', '" + after + "')");

        // Then
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE to_publish = 1") == 0);
        assertThat(database.texts("SELECT letter_quarantine_reason FROM parked_action"
                        + " WHERE letter_quarantined_at IS NOT NULL"))
                .singleElement()
                .asString()
                .contains("Compacted topic cannot accept message without key");
        assertThat(List.of(before, after))
                .allSatisfy(each -> assertThat(published(LETTERS, each)).hasSize(2));
        assertThat(withoutKey()).isEqualTo(1);

        // When
        configure(LETTERS, "cleanup.policy", "delete");
        database.execute("UPDATE parked_action SET to_publish = 1 WHERE letter_quarantined_at IS NOT NULL");

        // Then
        await().atMost(SOON).until(() -> withoutKey() == 2);
        await().atMost(SOON)
                .until(() ->
                        database.number("SELECT COUNT(*) FROM parked_action WHERE letter_quarantined_at IS NOT NULL")
                                == 0);
    }

    @Test
    void shouldSetAsideADeadActionOfWhichNoRecordCanBeMade() {
        var broken = newUser();
        publisher.publish(dead(broken, 10, 0, 0, 0));
        await().atMost(SOON).until(() -> published(LETTERS, broken).size() == 1);
        var next = newUser();
        publisher.publish(dead(next, 10, 0, 0, 0));
        await().atMost(SOON).until(() -> published(LETTERS, next).size() == 1);

        database.execute("UPDATE parked_action SET to_publish = 1, record_headers = IF(user_id = '" + broken
                + "', '[{\"name\":', record_headers) WHERE user_id IN ('" + broken + "', '" + next + "')");

        await().atMost(SOON).until(() -> published(LETTERS, next).size() == 2);
        await().atMost(SOON).until(() -> database.number("""
                        SELECT COUNT(*) FROM parked_action WHERE user_id = ? AND letter_quarantined_at IS NOT NULL
                          AND letter_quarantine_reason LIKE 'No record can be made of the row%'""", broken) == 1);
    }

    private long withoutKey() {
        return all(LETTERS).stream()
                .filter(each -> each.key() == null && each.value().equals("no JSON and no key"))
                .count();
    }

    // ---- what they share -------------------------------------------------------------------------------------------

    private final List<String> rows = new ArrayList<>();

    /** Prepares an event of each length for each user; {@link #insertTogether} writes them. */
    private void insert(List<String> users, int... lengths) {
        for (int i = 0; i < users.size(); i++) {
            var distinct = users.stream().distinct().count() == users.size();
            for (int length : distinct ? lengths : new int[] {lengths[i]}) {
                rows.add("('" + newId() + "', '" + users.get(i) + "', 'a.b', CONCAT('\"', REPEAT('x', " + length
                        + "), '\"'), '', '1', '2026-11-22')");
            }
        }
    }

    private void insertTogether() {
        database.execute(
                "INSERT INTO outbox_event (id, user_id, type, payload, cause_source, cause_id, occurred_at) VALUES "
                        + String.join(",", rows));
    }

    private static ProducerRecord<String, String> dead(String of, int message, int header, int more, int payload) {
        var record = record(
                newId(),
                "test.large",
                of,
                "{\"message\":" + message + (more > 0 ? ",\"" + "x".repeat(more) + "\":1" : "")
                        + (payload > 0 ? ",\"" + "y".repeat(payload) + "\":1" : "") + "}");
        if (header > 0) {
            record.headers().add("large", new byte[header]);
        }
        return record;
    }

    private void configure(String topic, String key, String value) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var operation = value == null ? AlterConfigOp.OpType.DELETE : AlterConfigOp.OpType.SET;
        admin.incrementalAlterConfigs(
                        Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(key, value), operation))))
                .all()
                .get();
        // The broker applies the change a moment after it acknowledges it.
        await().atMost(SOON)
                .until(() -> value == null
                        || admin.describeConfigs(List.of(resource))
                                .all()
                                .get()
                                .get(resource)
                                .get(key)
                                .value()
                                .equals(value));
    }

    private List<ConsumerRecord<String, String>> all(String topic) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        Map<String, Object> config = Map.of("bootstrap.servers", kafka, "enable.auto.commit", "false");
        WholeTopic.read(config, topic, new StringDeserializer(), records::add);
        return records;
    }

    private List<ConsumerRecord<String, String>> published(String topic, String of) {
        return all(topic).stream().filter(each -> of.equals(each.key())).toList();
    }

    /** How many events each user has. */
    private List<Long> counts(List<String> users) {
        var events = all(EVENTS);
        return users.stream()
                .map(each -> events.stream()
                        .filter(event -> each.equals(event.key()))
                        .count())
                .toList();
    }

    private String letter(String of, String name) {
        return header(published(LETTERS, of).get(0), name);
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private List<String> quarantined() {
        return database.texts("SELECT id FROM outbox_event WHERE quarantined_at IS NOT NULL");
    }

    private String managed(String path) {
        return management.getProtocol() + "://" + management.getAuthority() + "/q/" + path;
    }

    private String metrics() {
        return RestAssured.get(managed("metrics")).asString();
    }

    private String health() {
        return RestAssured.get(managed("health/ready")).asString();
    }
}
