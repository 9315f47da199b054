package dev.errand.chaos;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application stops under load, and waits for a database that is unavailable. */
@Tag("long")
class LifecycleIT {

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final KafkaServer kafka = Servers.kafka();
    private final MySqlServer mySql = Servers.mySql();
    private Application application;
    private Database database;
    private Publisher publisher;

    @BeforeEach
    void start() {
        kafka.start();
        mySql.start();
        database = Database.at(mySql::jdbcUrl);
        publisher = new Publisher(kafka.bootstrapServers());
        application = startApplication();
    }

    @AfterEach
    void stop() {
        publisher.close();
        application.close();
        kafka.close();
        mySql.close();
    }

    @Test
    void shouldFinishWhatRunsCommitItAndLeaveOnSigterm() throws Exception {
        // Given
        publisher.publish(actions(20_000));
        await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> recorded() > 2_000);

        // When
        application.terminate();

        // Then
        assertThat(application.awaitEnd(Duration.ofSeconds(15))).isTrue();
        for (var partition : KafkaAdmin.committed(kafka.bootstrapServers()).entrySet()) {
            var number = partition.getKey().partition();
            var committed = partition.getValue().offset();
            assertThat(database.number(
                            "SELECT COUNT(*) FROM user_action WHERE `partition` = ? AND `offset` < ?",
                            number,
                            committed))
                    .as("all before a commit is done: " + partition)
                    .isEqualTo(committed);
            assertThat(database.number(
                            "SELECT COUNT(*) FROM user_action WHERE `partition` = ? AND `offset` = ?",
                            number,
                            committed))
                    .as("all that was done in a row is committed: " + partition)
                    .isZero();
        }
        assertThat(members()).as("it has left its group").isEmpty();
        application = startApplication();
        await().atMost(SOON).until(() -> recorded() == 20_000);
    }

    @Test
    void shouldHoldWhileTheDatabaseIsAwayAndGoOnByItself() throws Exception {
        // Given
        publisher.publish(actions(100));
        await().atMost(SOON).until(() -> recorded() == 100);
        var before = members();

        // When
        mySql.kill();
        publisher.publish(actions(20_000));
        // The condition must hold during the whole outage.
        var outage = Duration.ofSeconds(Integer.getInteger("chaos.outage"));
        await().during(outage)
                .atMost(outage.plusSeconds(30))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> application.isAlive()
                        && members().equals(before)
                        && get("health/live").statusCode() == 200
                        && get("health/started").statusCode() == 200);
        await().atMost(SOON).until(() -> get("health/ready").body().contains("\"database\": \"down since "));
        assertThat(get("health/ready").statusCode()).as("the API serves").isEqualTo(200);
        await().atMost(SOON).untilAsserted(() -> assertThat(get("metrics").body())
                .contains("errand_database_up 0.0")
                .contains("errand_kafka_up 1.0"));
        mySql.start();

        // Then
        await().atMost(SOON).until(() -> recorded() == 20_100);
        await().atMost(SOON).until(() -> committed() == 20_100);
        assertThat(members()).as("no rebalance").isEqualTo(before);
        assertThat(application.output()).doesNotContainPattern("failed for the \\d+\\w\\w time");
        await().atMost(SOON).until(() -> get("health/ready").body().contains("\"database\": \"up since "));
        await().atMost(SOON).until(() -> get("metrics").body().contains("errand_database_up 1.0"));
    }

    @Test
    void shouldApplyEveryActionOnceWhenAProcessGoesOnAfterItsPartitionsWereLost() throws Exception {
        // Given
        publisher.publish(actions(20_000));
        await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> recorded() > 2_000);
        application.freeze();
        try (var heir = startApplication()) {
            await().atMost(SOON).until(() -> members().size() == 1);
            await().atMost(SOON).until(() -> recorded() == 20_000);

            // When
            application.thaw();

            // Then
            await().atMost(SOON).until(() -> members().size() == 2);
            publisher.publish(actions(2_000));
            await().atMost(SOON).until(() -> recorded() == 22_000);
            await().atMost(SOON).until(() -> committed() == 22_000);
            assertThat(database.number("SELECT SUM(action_count) FROM user_activity"))
                    .isEqualTo(22_000);
            assertThat(heir.isAlive() && application.isAlive()).isTrue();
        }
    }

    @Test
    void shouldTakePartitionsThatAreAddedFromTheirBeginning() throws Exception {
        // Given
        publisher.publish(actions(100));
        int before;

        // When
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            before = KafkaAdmin.partitions(admin, Actions.TOPIC).size();
            admin.createPartitions(Map.of(Actions.TOPIC, NewPartitions.increaseTo(before + 3)))
                    .all()
                    .get();
        }
        // These are published before the consumer knows the new partitions.
        for (int partition = before; partition < before + 3; partition++) {
            var user = "grown-" + partition;
            publisher.publish(
                    new ProducerRecord<>(Actions.TOPIC, partition, user, Actions.json(newId(), "a.b", user, "{}")));
        }

        // Then
        await().atMost(SOON).until(() -> recorded() == 103);
        await().atMost(SOON).until(() -> committed() == 103);
    }

    private static List<ProducerRecord<String, String>> actions(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Actions.record(newId(), "a.b", "u-" + i % 300, "{\"n\":" + i + "}"))
                .toList();
    }

    private HttpResponse<String> get(String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(application.managementUrl() + "/q/" + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private long recorded() {
        return database.number("SELECT COUNT(*) FROM user_action");
    }

    private long committed() throws Exception {
        return KafkaAdmin.committedSum(kafka.bootstrapServers());
    }

    private List<String> members() throws Exception {
        try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
            return KafkaAdmin.members(admin, KafkaAdmin.GROUP).stream()
                    .map(MemberDescription::consumerId)
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private Application startApplication() {
        var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
        var channel = "mp.messaging.incoming.user-actions.";
        configuration.put(channel + "session.timeout.ms", "6000");
        configuration.put(channel + "heartbeat.interval.ms", "1000");
        configuration.put(channel + "metadata.max.age.ms", "2000");
        // MySQL ends the sessions of a frozen process after this time, and with them its locks.
        configuration.put("errand.database.idle-timeout", "5");
        configuration.put("errand.metrics.sample-interval", "1s");
        return Application.start(
                        directory.resolve("application-" + newId() + ".log"), List.of("-Xmx256m"), configuration)
                .awaitReady();
    }
}
