package dev.errand.engine.batch;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.People.operator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.engine.parking.ParkedState;
import dev.errand.handler.NonRetryableException;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Probe;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handlers fail at random while actions flow and operators retry: users are blocked and unblocked all the time. */
@QuarkusTest
class FailureStormTest {

    private static final int USERS = 40;
    private static final int ROUNDS = 25;

    @Inject
    Probe probe;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final List<String> users =
            IntStream.range(0, USERS).mapToObj(i -> newUser()).toList();
    private final Map<String, List<String>> published = new HashMap<>();
    private final AtomicBoolean calm = new AtomicBoolean();

    @BeforeEach
    void open() {
        database.execute("CREATE TABLE seen_transition (transition VARCHAR(30) PRIMARY KEY)");
        database.execute(
                "CREATE TABLE seen_run (seq BIGINT AUTO_INCREMENT PRIMARY KEY, user_id VARCHAR(64), id VARCHAR(64))");
        database.execute("""
                CREATE TRIGGER see_transition AFTER UPDATE ON parked_action FOR EACH ROW
                BEGIN
                  IF OLD.state <> NEW.state OR OLD.attempts <> NEW.attempts THEN
                    INSERT INTO seen_transition VALUES (CONCAT(OLD.state, ' to ', NEW.state))
                    ON DUPLICATE KEY UPDATE transition = transition;
                  END IF;
                END""");
        users.forEach(user -> probe.steps.put(user, attempted -> {
            if (!calm.get() && ThreadLocalRandom.current().nextInt(10) == 0) {
                throw ThreadLocalRandom.current().nextInt(5) == 0
                        ? new NonRetryableException("for good, it seems")
                        : new IllegalStateException("by chance");
            }
            probe.session
                    .createNativeMutationQuery("INSERT INTO seen_run (user_id, id) VALUES (?1, ?2)")
                    .setParameter(1, user)
                    .setParameter(2, attempted.id())
                    .executeUpdate();
        }));
    }

    @AfterEach
    void close() {
        database.execute("DROP TRIGGER see_transition");
        database.execute("DROP TABLE seen_transition");
        database.execute("DROP TABLE seen_run");
    }

    @Test
    void shouldDoEveryActionOnceAndInOrderWhateverFailsAndWhoeverIntervenes() {
        // When
        System.out.println("Failure storm with seed " + seed);
        for (int round = 0; round < ROUNDS; round++) {
            var records = new ArrayList<ProducerRecord<String, String>>();
            for (var user : users) {
                for (int i = round == 0 ? 1 : random.nextInt(4); i > 0; i--) {
                    var id = newId();
                    published.computeIfAbsent(user, any -> new ArrayList<>()).add(id);
                    records.add(record(id, "test.probe", user, "{}"));
                }
            }
            publisher.publish(records);
            retryAllDead();
        }
        calm.set(true);

        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    retryAllDead();
                    return users.stream().allMatch(this::isDone);
                });

        // Then
        for (var user : users) {
            assertThat(database.texts("SELECT id FROM seen_run WHERE user_id = ? ORDER BY seq", user))
                    .as("seed " + seed)
                    .isEqualTo(published.get(user));
            assertThat(database.points(user))
                    .as("seed " + seed)
                    .isEqualTo(published.get(user).size());
        }
        var possible = new HashSet<String>();
        for (var state : ParkedState.values()) {
            state.next().forEach(next -> possible.add(state + " to " + next));
        }
        assertThat(database.texts("SELECT transition FROM seen_transition"))
                .isSubsetOf(possible)
                .contains("RETRYING to RESOLVED", "WAITING to RETRYING", "DEAD to RETRYING");
    }

    private void retryAllDead() {
        operator()
                .contentType(ContentType.JSON)
                .body(Map.of("type", "test.probe", "perSecond", 1000))
                .post("/api/failed-actions/retries")
                .then()
                .statusCode(202);
    }

    private boolean isDone(String user) {
        return database.done(user) == published.get(user).size() && !database.isBlocked(user);
    }
}
