package dev.errand.engine.batch;

import static dev.errand.testsupport.Actions.TOPIC;
import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.FailedActionsApi.edit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import dev.errand.examples.LoyaltyAccount;
import dev.errand.handler.Events;
import dev.errand.handler.NonRetryableException;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.LogLines;
import dev.errand.testsupport.Probe;
import dev.errand.testsupport.Probe.Step;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;

/** However an action fails, the log quotes neither its payload nor messages of exceptions, which may quote it. */
@QuarkusTest
class PrivateLogTest {

    private static final String MARKER = "4111-1111-1111-1111";
    private static final String PAYLOAD = "{\"card\":\"" + MARKER + "\"}";

    @Inject
    Probe probe;

    @Inject
    Session session;

    @Inject
    Events events;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @Test
    void shouldNotQuoteWhatWasPublished() {
        // When
        var users = new ArrayList<String>();
        try (var log = LogLines.ofAll()) {
            steps().forEach((name, step) -> {
                var user = newUser();
                users.add(user);
                probe.steps.put(user, step);
                publisher.publish(record(newId(), "test.probe", user, PAYLOAD));
            });
            for (var value : onUnreadable()) {
                var user = newUser();
                users.add(user);
                publisher.publish(new ProducerRecord<>(TOPIC, user, value));
            }
            var unbound = newUser();
            users.add(unbound);
            publisher.publish(new ProducerRecord<>(
                    TOPIC,
                    unbound,
                    json(newId(), "order.placed", unbound, "{\"orderId\":\"o\",\"totalCents\":\"" + MARKER + "\"}")));
            var twin = newId();
            var conflicting = newUser();
            users.add(conflicting);
            publisher.publish(record(twin, "a.b", conflicting, "{}"));
            publisher.publish(record(twin, "a.b", conflicting, PAYLOAD));

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            database.texts("SELECT DISTINCT user_id FROM parked_action WHERE state = 'DEAD'"))
                    .containsAll(users));
            editBadly(database.parkedAction(unbound));
            editBadly(database.parkedAction(users.get(steps().size())));
            // The outage was not the action's fault: the handler runs again after it.
            await().atMost(Duration.ofSeconds(30)).until(() -> held.get() > 0);

            // Then
            assertThat(log.lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).doesNotContain(MARKER).doesNotContain("card of"))
                    // Hibernate would log a line for each flush that fails.
                    .noneMatch(line -> line.startsWith("org.hibernate"));
        }
    }

    private final AtomicInteger held = new AtomicInteger();

    private Map<String, Step> steps() {
        Map<String, Step> steps = new LinkedHashMap<>();
        steps.put("for good", attempted -> {
            throw new NonRetryableException("the card of " + MARKER);
        });
        steps.put("after attempts", attempted -> {
            throw new IllegalStateException("the card of " + MARKER, new RuntimeException("the card of " + MARKER));
        });
        steps.put("checked, with another suppressed", attempted -> {
            var failure = new Exception("the card of " + MARKER);
            failure.addSuppressed(new RuntimeException("the card of " + MARKER));
            throw failure;
        });
        steps.put("assertion", attempted -> {
            throw new AssertionError("the card of " + MARKER);
        });
        steps.put("stack", attempted -> {
            throw new StackOverflowError("the card of " + MARKER);
        });
        steps.put("linkage", attempted -> {
            throw new NoClassDefFoundError("the card of " + MARKER);
        });
        steps.put(
                "a duplicate that MySQL quotes",
                attempted -> session.doWork(connection -> {
                    try (var statement = connection.prepareStatement("INSERT INTO retention (name) VALUES (?), (?)")) {
                        statement.setString(1, MARKER.substring(0, 14));
                        statement.setString(2, MARKER.substring(0, 14));
                        statement.executeUpdate();
                    }
                }));
        steps.put("a statement that MySQL quotes", attempted -> session.createNativeMutationQuery(
                        "UPDATE '" + MARKER + "'")
                .executeUpdate());
        steps.put("a value that does not fit", attempted -> {
            var account = new LoyaltyAccount();
            account.userId = MARKER.repeat(20);
            account.persist();
        });
        steps.put("an outage with words of its own", attempted -> {
            if (held.getAndIncrement() < 2) {
                throw new SQLException("the card of " + MARKER, "08S01", 2006);
            }
            throw new NonRetryableException("after the outage");
        });
        steps.put("an outage of something else", attempted -> {
            throw new UncheckedIOException(new java.io.IOException("the card of " + MARKER));
        });
        steps.put("an event that is too large", attempted -> {
            events.emit(MARKER.replace('-', '.'), MARKER.repeat(100_000));
        });
        steps.put("an event that can't be written", attempted -> {
            events.emit("a.b", new Unwritable());
        });
        return steps;
    }

    /** Jackson can't write it as JSON. */
    public static final class Unwritable {

        public String getCard() {
            throw new IllegalStateException("the card of " + MARKER);
        }
    }

    private static List<String> onUnreadable() {
        return List.of(
                MARKER,
                "{\"card\":\"" + MARKER + "\"}",
                "{\"card\":\"" + MARKER,
                "{\"id\":\"" + MARKER.repeat(10) + "\",\"type\":\"" + MARKER + "\"}",
                new String(new byte[] {0, 0, 0, 0, 7}, StandardCharsets.UTF_8) + MARKER);
    }

    private static void editBadly(long seq) {
        var refused = allOf(greaterThanOrEqualTo(400), lessThan(500), not(404));
        edit(seq, "{\"payload\":{\"card\":\"" + MARKER + "\\ud800\"}}").statusCode(refused);
        edit(seq, "{\"action\":{\"id\":\"" + MARKER + "\"}}").statusCode(refused);
        edit(seq, "{\"payload\":" + MARKER).statusCode(refused);
    }
}
