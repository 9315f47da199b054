package dev.errand;

import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.Waiting.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.action.ActionKey;
import dev.errand.engine.ledger.LedgerKey;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Actions from Kafka land in MySQL. */
@QuarkusTest
class MainJobTest {

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    @Test
    void shouldRecordAnActionWithAllItIs() {
        // Given
        var user = newUser();
        var id = newId();

        // When
        var sent = publisher.publish(record(id, "user.renamed", user, "{\"plan\": \"frée\"}"));

        // Then
        await().atMost(SOON).until(() -> database.recorded(user) == 1);
        var row = database.rows(
                        """
                        SELECT source, id, type, occurred_at, payload, topic, `partition`, `offset`,
                               ABS(TIMESTAMPDIFF(SECOND, processed_at, UTC_TIMESTAMP())) < 60
                        FROM user_action WHERE user_id = ?""",
                        result -> List.of(
                                result.getString(1),
                                result.getString(2),
                                result.getString(3),
                                result.getString(4),
                                result.getString(5),
                                result.getString(6),
                                result.getInt(7),
                                result.getLong(8),
                                result.getBoolean(9)),
                        user)
                .get(0);
        assertThat(row)
                .isEqualTo(List.of(
                        "",
                        id,
                        "user.renamed",
                        "2020-11-22 05:00:00.123456",
                        "{\"plan\": \"frée\"}",
                        Actions.TOPIC,
                        sent.partition(),
                        sent.offset(),
                        true));
    }

    @Test
    void shouldKeepEveryUsersActivityByOrderOfProcessing() {
        // Given
        var user = newUser();

        // When
        publisher.publish(List.of(
                record(newId(), "a.first", user, "1"),
                record(newId(), "a.second", user, "2"),
                new ProducerRecord<>(
                        Actions.TOPIC,
                        user,
                        json(newId(), "a.last", user, "3").replace("2020-11-22T05", "2020-11-21T05"))));

        // Then
        await().atMost(SOON).until(() -> database.recorded(user) == 3);
        assertThat(database.texts("""
                        SELECT CONCAT_WS(' ', action_count, first_action_at, last_action_at, last_action_type)
                        FROM user_activity WHERE user_id = ?""", user))
                .containsExactly("3 2020-11-22 05:00:00.123456 2020-11-21 05:00:00.123456 a.last");
        assertThat(database.texts("SELECT payload FROM user_action WHERE user_id = ? ORDER BY seq", user))
                .containsExactly("1", "2", "3");
    }

    @Test
    void shouldTakeAnActionOnceHoweverOftenItIsSent() {
        var user = newUser();
        var id = newId();
        var record = new ProducerRecord<>(
                Actions.TOPIC, user, json(id, "order.placed", user, "{\"orderId\":\"o\",\"totalCents\":500}"));

        publisher.publish(List.of(record, record));
        await().atMost(SOON).until(() -> database.recorded(user) == 1);
        publisher.publish(List.of(record, order(user, 300)));

        await().atMost(SOON).until(() -> database.recorded(user) == 2);
        assertThat(database.number("SELECT points FROM loyalty_account WHERE user_id = ?", user))
                .isEqualTo(8);
        assertThat(database.number("SELECT action_count FROM user_activity WHERE user_id = ?", user))
                .isEqualTo(2);
    }

    @Test
    void shouldTellIdsApartThatDifferInCaseTrailingSpaceOrSource() {
        // Given
        var user = newUser();
        var id = newId();
        var records = new ArrayList<ProducerRecord<String, String>>();
        for (var other : List.of(id, id.toUpperCase(), id + " ", id + "é", "é".repeat(64 - 5) + id.hashCode() % 1000)) {
            records.add(record(other, "a.b", user, "{}"));
            records.add(new ProducerRecord<>(
                    Actions.TOPIC,
                    user,
                    json(other, "a.b", user, "{}")
                            .replace("{\"id\"", "{\"source\":\"shop-" + "x".repeat(60) + "\",\"id\"")));
        }

        // When
        publisher.publish(records);
        publisher.publish(records);
        publisher.publish(record(newId(), "a.end", user, "{}"));

        // Then
        await().atMost(SOON)
                .until(() ->
                        database.number("SELECT COUNT(*) FROM user_action WHERE user_id = ? AND type = 'a.end'", user)
                                == 1);
        assertThat(database.recorded(user)).isEqualTo(11);
        database.rows(
                "SELECT source, id, action_key FROM user_action WHERE user_id = ?",
                row -> {
                    assertThat(LedgerKey.of(new ActionKey(row.getString(1), row.getString(2))))
                            .as("one digest in Java and in MySQL")
                            .isEqualTo(row.getString(3));
                    return true;
                },
                user);
        assertThat(database.number("SELECT action_count FROM user_activity WHERE user_id = ?", user))
                .isEqualTo(11);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "TOMBSTONE",
            value = {
                "not json                 | not valid JSON",
                "{\"id\":\"x\"}           | type is missing",
                "{\"id\":17}              | id is a JSON number",
                "TOMBSTONE                | tombstone",
                "''                       | the record's value is empty",
                "OVERSIZE                 | more than 65536 (errand.limits.payload)",
                "OTHER USER               | they must be equal",
            })
    void shouldParkAnInvalidRecordAsDeadWithTheReasonAndGoOn(String value, String reason) throws Exception {
        // Given
        var user = newUser();
        var text = value == null
                ? null
                : switch (value) {
                    case "OVERSIZE" -> json(newId(), "a.b", user, "\"" + "x".repeat(66_000) + "\"");
                    case "OTHER USER" -> json(newId(), "a.b", "somebody-else", "{}");
                    default -> value;
                };

        // When
        var bad = publisher.publishBytes(user.getBytes(UTF_8), text == null ? null : text.getBytes(UTF_8));
        publisher.publish(record(newId(), "a.good", user, "{}"));

        // Then
        await().atMost(SOON).until(() -> database.recorded(user) == 1);
        // Both records can be in one batch, which parks the failed one after its commit.
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(kept(bad)).singleElement().satisfies(row -> {
                    assertThat(row.get(0)).isEqualTo("DEAD");
                    assertThat(row.get(1)).contains(reason);
                    assertThat(row.get(2)).as("byte for byte").isEqualTo(text);
                }));
        await().atMost(SOON).until(() -> committed(bad) > bad.offset() + 1);
    }

    private List<List<String>> kept(RecordMetadata record) {
        return database.rows(
                "SELECT state, error_message, record_value FROM parked_action WHERE topic = ? AND `partition` = ? AND `offset` = ?",
                row -> Arrays.asList(row.getString(1), row.getString(2), row.getString(3)),
                Actions.TOPIC,
                record.partition(),
                record.offset());
    }

    @Test
    void shouldTakeARecordWithoutKeyByItsUserId() {
        var user = newUser();

        publisher.publish(new ProducerRecord<>(Actions.TOPIC, null, json(newId(), "a.b", user, "{}")));

        await().atMost(SOON).until(() -> database.recorded(user) == 1);
    }

    @Test
    void shouldTakeCloudEventsOfBothModes() {
        // Given
        var user = newUser();
        var structured = newId();
        var binary = newId();
        var before = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        // When
        publisher.publish(
                with(Map.of("content-type", "application/cloudevents+json; charset=UTF-8"), user, """
                        {"specversion":"1.0","id":"%s","source":"/shop","type":"order.placed","subject":"%s",
                         "time":"2020-11-22T05:00:00.123456Z","data":{"orderId":"o-1","totalCents":500}}""".formatted(
                                structured, user)));
        publisher.publish(with(
                Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", binary,
                        "ce_source", "/shop",
                        "ce_type", "order.placed",
                        "content-type", "application/json"),
                user,
                "{\"orderId\":\"o-2\",\"totalCents\":300}"));

        // Then
        await().atMost(SOON).until(() -> database.recorded(user) == 2);
        assertThat(database.texts(
                        "SELECT CONCAT_WS(' ', source, id, type, payload) FROM user_action WHERE user_id = ? ORDER BY seq",
                        user))
                .containsExactly(
                        "/shop " + structured + " order.placed {\"orderId\":\"o-1\",\"totalCents\":500}",
                        "/shop " + binary + " order.placed {\"orderId\":\"o-2\",\"totalCents\":300}");
        assertThat(database.rows(
                        "SELECT occurred_at FROM user_action WHERE user_id = ? ORDER BY seq",
                        row -> row.getObject(1, LocalDateTime.class).toInstant(ZoneOffset.UTC),
                        user))
                .satisfiesExactly(
                        time -> assertThat(time).isEqualTo("2020-11-22T05:00:00.123456Z"),
                        time -> assertThat(time).as("the record's timestamp").isBetween(before, Instant.now()));
        assertThat(database.number("SELECT points FROM loyalty_account WHERE user_id = ?", user))
                .isEqualTo(8);
    }

    private static ProducerRecord<String, String> with(Map<String, String> headers, String key, String value) {
        var record = new ProducerRecord<>(Actions.TOPIC, key, value);
        headers.forEach((name, content) -> record.headers().add(name, content.getBytes(UTF_8)));
        return record;
    }

    private long committed(RecordMetadata record) throws Exception {
        var offset = KafkaAdmin.committed(kafka).get(new TopicPartition(record.topic(), record.partition()));
        return offset == null ? -1 : offset.offset();
    }
}
