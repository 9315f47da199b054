package dev.errand.intake;

import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.errand.embedded.KafkaServer;
import dev.errand.embedded.MySqlServer;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application when Kafka's client can't read what Kafka has. */
class StallIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void shouldTellThatAndWhyNothingIsHandedOverAndLoseNothing() throws Exception {
        try (KafkaServer kafka = Servers.kafka();
                MySqlServer mySql = Servers.mySql()) {
            kafka.start();
            mySql.start();
            var database = new Database(() -> DriverManager.getConnection(mySql.jdbcUrl(), "errand", "errand"));
            var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
            configuration.put("errand.intake.stalled-after", "2s");
            var user = newUser();

            // The directory for native code is not there, as good as one that is mounted noexec.
            var noNativeCode = "-DZstdTempFolder=" + directory.resolve("nowhere");
            try (var application = start(List.of("-Xmx160m", noNativeCode), configuration)) {
                try (var publisher = new Publisher(kafka.bootstrapServers())) {
                    publisher.publish(order(user, 1));
                }
                await().atMost(SOON).until(() -> orders(database, user).equals(List.of("1")));
                publishCompressed(kafka.bootstrapServers(), user, 2);

                await().atMost(SOON)
                        .until(() -> application.output().contains("Kafka's client has handed over nothing"));
                assertThat(application.output())
                        .containsPattern(
                                "-\\d: Kafka's client has handed over nothing for 2 s, though more waits \\(1\\):"
                                        + " it can't read it, .*caused by .*zstd.*No such file")
                        .doesNotContain("offsets can't be committed");
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
                assertThat(application.output()).contains("Installed features");
            }
        }
    }

    private static void publishCompressed(String bootstrapServers, String user, long cents) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers, "compression.type", "zstd"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(order(user, cents)).get();
        }
    }

    private static List<String> orders(Database database, String user) {
        return database.texts(
                "SELECT JSON_EXTRACT(payload, '$.totalCents') FROM user_action WHERE user_id = ? ORDER BY seq", user);
    }

    private Application start(List<String> jvm, Map<String, String> configuration) {
        return Application.start(directory.resolve("application.log"), jvm, configuration)
                .awaitReady();
    }
}
