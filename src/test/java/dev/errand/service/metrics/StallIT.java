package dev.errand.service.metrics;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Waiting.SOON;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application reports that Kafka's client can't read records. */
@Tag("long")
class StallIT {

    @TempDir
    Path directory;

    @Test
    void shouldTellThatAndWhyNothingIsHandedOverAndLoseNothing() throws Exception {
        // Given
        try (KafkaServer kafka = Servers.kafka();
                MySqlServer mySql = Servers.mySql()) {
            kafka.start();
            mySql.start();
            var database = Database.at(mySql::jdbcUrl);
            var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
            configuration.put("errand.metrics.sample-interval", "1s");
            configuration.put("errand.metrics.stalled-after", "4s");
            var user = newUser();

            // When
            // The directory for native code does not exist, which has the same effect as one that is mounted noexec.
            var noNativeCode = "-DZstdTempFolder=" + directory.resolve("nowhere");
            try (var application = start(List.of("-Xmx160m", noNativeCode), configuration)) {
                try (var publisher = new Publisher(kafka.bootstrapServers())) {
                    publisher.publish(order(user, 1));
                }
                await().atMost(SOON).until(() -> orders(database, user).equals(List.of("1")));
                try (var publisher = new Publisher(kafka.bootstrapServers(), Map.of("compression.type", "zstd"))) {
                    publisher.publish(order(user, 2));
                }

                // Then
                await().atMost(SOON)
                        .untilAsserted(
                                () -> assertThat(application.output())
                                        .containsPattern(
                                                "Nothing has been received from user-actions-\\d for 4 s, .*:"
                                                        + " Kafka's client can't read user-actions-\\d from offset \\d, .*caused by .*zstd.*No such file"));
                assertThat(application.output())
                        .as("the trial reader is in no group")
                        .doesNotContain("Offset commit failed");
                given().get(application.managementUrl() + "/q/health/ready")
                        .then()
                        .statusCode(200)
                        .body("checks.find { it.name == 'api' }.data.stalled", containsString(Actions.TOPIC));
                given().get(application.managementUrl() + "/q/health/live")
                        .then()
                        .body("status", equalTo("UP"));
                assertThat(given().get(application.managementUrl() + "/q/metrics")
                                .asString())
                        .containsPattern("errand_stalled_partitions(\\{.*})? 1\\.0");
            }

            try (var application = start(List.of("-Xmx160m"), configuration)) {
                await().atMost(SOON).until(() -> orders(database, user).equals(List.of("1", "2")));
                shouldTellThatATransactionIsOpen(application, kafka.bootstrapServers(), user);
                await().atMost(SOON).until(() -> orders(database, user).equals(List.of("1", "2", "4")));
                await().atMost(SOON).until(() -> application.output().contains(": records are received again"));
            }
        }
    }

    private static void shouldTellThatATransactionIsOpen(
            Application application, String bootstrapServers, String user) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers, "transactional.id", user),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(order(user, 3));
            producer.flush();
            try (var publisher = new Publisher(bootstrapServers)) {
                publisher.publish(order(user, 4));
            }

            await().atMost(SOON)
                    .until(() ->
                            application.output().contains(": a producer's transaction is open in " + Actions.TOPIC));
            producer.abortTransaction();
        }
    }

    private static List<String> orders(Database database, String user) {
        return database.texts(
                "SELECT JSON_EXTRACT(payload, '$.totalCents') FROM user_action WHERE user_id = ? ORDER BY seq", user);
    }

    private Application start(List<String> jvm, Map<String, String> configuration) {
        return Application.start(directory.resolve("application-" + newId() + ".log"), jvm, configuration)
                .awaitReady();
    }
}
