package dev.errand.chaos;

import static dev.errand.testsupport.Actions.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.ReplicatedMySql;
import dev.errand.testsupport.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MySQL's standby takes over without the last transactions, although their offsets are committed to Kafka. */
@Tag("long")
class FailoverIT {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int USERS = 100;

    @TempDir
    Path directory;

    private final KafkaServer kafka = Servers.kafka();
    private final ReplicatedMySql mySql = new ReplicatedMySql();
    private final Map<String, List<String>> published = new HashMap<>();
    private Application application;
    private Database database;
    private Publisher publisher;
    private int actions;

    @BeforeEach
    void start() {
        kafka.start();
        mySql.start();
        database = mySql.database();
        publisher = new Publisher(kafka.bootstrapServers());
        application = startApplication();
        mySql.startStandby();
    }

    @AfterEach
    void stop() {
        publisher.close();
        application.close();
        kafka.close();
        mySql.close();
    }

    @Test
    void shouldDoAgainWhatAFailoverUnderLoadHasLost() throws Exception {
        // Given
        publish(3_000);
        await().atMost(SOON).until(() -> done() >= 3_000);
        mySql.awaitStandby();
        mySql.holdStandbyBack();
        publish(5_000);
        await().atMost(SOON).until(() -> committed() > 5_000);
        publish(10_000);
        await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> done() > 10_000);

        // When
        var lost = done() - mySql.standbyDatabase().number("SELECT COUNT(*) FROM user_action");
        mySql.failOver();
        publish(2_000);

        // Then
        assertThat(lost).as("what the standby lacks").isGreaterThan(5_000);
        assertAllDoneOnceAndInOrder();
    }

    /** The old primary is not fenced: what is written to it after the failover is lost. */
    @Test
    void shouldLeaveAPrimaryThatLivesOn() throws Exception {
        // Given
        publish(3_000);
        await().atMost(SOON).until(() -> done() >= 3_000);
        mySql.awaitStandby();
        mySql.holdStandbyBack();
        publish(20_000);
        await().atMost(SOON).until(() -> committed() > 5_000);

        // When
        mySql.failOverLeavingThePrimaryAlive();
        var before = mySql.databaseLeftBehind();
        // One ended connection is enough; the others still work.
        before.execute("KILL "
                + before.number(
                        "SELECT MIN(id) FROM information_schema.processlist WHERE user = 'errand' AND db = 'errand'"
                                + " AND id <> CONNECTION_ID()"));
        publish(2_000);

        // Then
        assertAllDoneOnceAndInOrder();
    }

    @Test
    void shouldDoAgainWhatAFailoverHasLostWhenNothingNewArrives() throws Exception {
        publish(1_000);
        await().atMost(SOON).until(() -> done() == 1_000);
        mySql.awaitStandby();
        mySql.holdStandbyBack();
        publish(1_000);
        await().atMost(SOON).until(() -> committed() == 2_000);

        mySql.failOver();

        assertAllDoneOnceAndInOrder();
    }

    @Test
    void shouldDoAgainWhatAFailoverHasLostWhileNobodyRan() throws Exception {
        publish(1_000);
        await().atMost(SOON).until(() -> done() == 1_000);
        mySql.awaitStandby();
        mySql.holdStandbyBack();
        publish(1_000);
        await().atMost(SOON).until(() -> committed() == 2_000);
        application.close();

        mySql.failOver();
        application = startApplication();

        assertAllDoneOnceAndInOrder();
        assertThat(application.output()).contains("MySQL has lost committed work of user-actions-");
    }

    private void publish(int count) {
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var user = "u-" + actions % USERS;
            var id = "a-" + actions++;
            published.computeIfAbsent(user, any -> new ArrayList<>()).add(id);
            records.add(Actions.record(id, "order.placed", user, "{\"orderId\":\"" + id + "\",\"totalCents\":100}"));
        }
        publisher.publish(records);
    }

    private void assertAllDoneOnceAndInOrder() {
        await().atMost(SOON).until(() -> done() == actions);
        await().atMost(SOON).until(() -> committed() == actions);
        assertThat(database.number("SELECT SUM(points) FROM loyalty_account")).isEqualTo(actions);
        assertThat(database.number("SELECT SUM(action_count) FROM user_activity"))
                .isEqualTo(actions);
        assertThat(database.number("SELECT COUNT(*) FROM parked_action")).isZero();
        Map<String, List<String>> byUser = new HashMap<>();
        database.rows("SELECT user_id, id FROM user_action ORDER BY seq", row -> byUser.computeIfAbsent(
                        row.getString(1), any -> new ArrayList<>())
                .add(row.getString(2)));
        assertThat(byUser).isEqualTo(published);
    }

    /** Zero while the database does not answer. */
    private long done() {
        try {
            return database.number("SELECT COUNT(*) FROM user_action WHERE processed_at IS NOT NULL");
        } catch (IllegalStateException away) {
            return 0;
        }
    }

    private long committed() throws Exception {
        return KafkaAdmin.committedSum(kafka.bootstrapServers());
    }

    private Application startApplication() {
        var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
        return Application.start(directory.resolve(newId() + ".log"), List.of("-Xmx256m"), configuration)
                .awaitReady();
    }
}
