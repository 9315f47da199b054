package dev.errand.engine.intake;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application receives a record of 75 KB that is 75 MB without compression. */
@Tag("long")
class MemoryIT {

    private static final int UNPACKED = 75 << 20;

    @TempDir
    Path directory;

    @Test
    void shouldEndWithMemoryAndLoseNothingThatWasReadBesideARecordThatItDoesNotHold() throws Exception {
        try (KafkaServer kafka = Servers.kafka();
                MySqlServer mySql = Servers.mySql()) {
            kafka.start();
            mySql.start();
            var database = Database.at(mySql::jdbcUrl);
            var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
            try (var application = start(List.of("-XX:-ExitOnOutOfMemoryError"), configuration)) {
                assertThat(application.awaitEnd(SOON)).isTrue();
                assertThat(application.exitCode()).isEqualTo(1);
                assertThat(application.output()).contains("start it with -XX:+ExitOnOutOfMemoryError");
            }

            // Given
            // A process that dies without leaving the group is removed from it soon.
            configuration.put("mp.messaging.incoming.user-actions.session.timeout.ms", "6000");
            var users = Stream.generate(Actions::newUser).limit(40).toList();
            var guilty = newUser();
            try (var publisher = new Publisher(kafka.bootstrapServers())) {
                publisher.publish(users.stream().map(user -> order(user, 1)).toList());
                publishCompressed(kafka.bootstrapServers(), guilty);
                publisher.publish(users.stream().map(user -> order(user, 2)).toList());

                // When
                try (var application = start(List.of("-Xmx160m"), configuration)) {
                    assertThat(application.awaitEnd(SOON)).isTrue();
                    assertThat(application.exitCode()).isEqualTo(3);
                    assertThat(application.output()).contains("Terminating due to java.lang.OutOfMemoryError");
                }
                publisher.publish(users.stream().map(user -> order(user, 3)).toList());
            }

            // Then
            try (var application = start(List.of("-Xmx768m"), configuration)) {
                await().atMost(SOON).untilAsserted(() -> assertThat(database.texts("""
                                SELECT GROUP_CONCAT(payload->'$.totalCents' ORDER BY seq SEPARATOR ' ') FROM user_action
                                WHERE user_id != ? GROUP BY user_id""", guilty))
                        .hasSize(users.size())
                        .containsOnly("1 2 3"));
                await().atMost(SOON).untilAsserted(() -> assertThat(database.texts(
                                "SELECT CONCAT(state, ' ', LENGTH(record_value), ' ', error_message)"
                                        + " FROM parked_action WHERE user_id = ?",
                                guilty))
                        .singleElement()
                        .asString()
                        .startsWith("DEAD " + (8 << 20) + " ")
                        .contains("all " + (UNPACKED + guilty.length()) + " bytes are in Kafka"));
                assertThat(application.output()).doesNotContain("can't be kept");
            }
        }
    }

    private static void publishCompressed(String bootstrapServers, String user) {
        var options = Map.<String, Object>of(
                "compression.type", "gzip", "max.request.size", 2 * UNPACKED, "buffer.memory", 2L * UNPACKED);
        try (var publisher = new Publisher(bootstrapServers, options)) {
            publisher.publish(new ProducerRecord<>(Actions.TOPIC, user, "0".repeat(UNPACKED)));
        }
    }

    private Application start(List<String> jvm, Map<String, String> configuration) {
        return Application.start(directory.resolve("application-" + newId() + ".log"), jvm, configuration);
    }
}
