package dev.errand.intake;

import static dev.errand.testsupport.Actions.TOPIC;
import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.LogLines;
import dev.errand.testsupport.OwnProcess;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** In a process of its own: it tells once, and another test's records may have made it tell. */
@QuarkusTest
@TestProfile(OwnProcess.class)
class KeylessWarningTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String url;

    @Test
    void shouldWarnOnceWhereUsersWithoutKeysAreInSeveralPartitions() {
        var database = Database.at(() -> url);
        var first = newUser();
        var second = newUser();

        try (var log = LogLines.of(KeylessUsers.class.getName());
                var publisher = new Publisher(kafka)) {
            publisher.publish(keyless(first, 0));
            publisher.publish(keyless(second, 0));
            awaitDone(database, first, 1);
            awaitDone(database, second, 1);
            assertThat(log.lines()).isEmpty();

            publisher.publish(keyless(first, 1));
            awaitDone(database, first, 2);
            publisher.publish(keyless(second, 1));
            awaitDone(database, second, 2);

            assertThat(log.lines()).singleElement().satisfies(line -> assertThat(line)
                    .contains("without keys", TOPIC + "-0", TOPIC + "-1", "the user id as the record's key")
                    .doesNotContain(first));
        }
    }

    private static ProducerRecord<String, String> keyless(String user, int partition) {
        return new ProducerRecord<>(TOPIC, partition, null, json(newId(), "test.keyless", user, "{}"));
    }

    private static void awaitDone(Database database, String user, int actions) {
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM user_action WHERE user_id = ?", user) == actions);
    }
}
