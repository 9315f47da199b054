package dev.errand.engine.intake;

import static dev.errand.testsupport.Actions.TOPIC;
import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.LogLines;
import dev.errand.testsupport.OwnProcess;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Runs in an application of its own: the warning is logged once, and another test's records could have caused it before. */
@QuarkusTest
@TestProfile(OwnProcess.class)
class KeylessWarningTest {

    @Inject
    Publisher publisher;

    @Inject
    Database database;

    @Test
    void shouldWarnOnceWhereUsersWithoutKeysAreInSeveralPartitions() {
        // Given
        var first = newUser();
        var second = newUser();

        try (var log = LogLines.of(KeylessUsers.class.getName())) {
            publisher.publish(keyless(first, 0));
            publisher.publish(keyless(second, 0));
            awaitDone(first, 1);
            awaitDone(second, 1);
            assertThat(log.lines()).isEmpty();

            // When
            publisher.publish(keyless(first, 1));
            awaitDone(first, 2);
            publisher.publish(keyless(second, 1));
            awaitDone(second, 2);

            // Then
            assertThat(log.lines()).singleElement().satisfies(line -> assertThat(line)
                    .contains("have no keys", TOPIC + "-0", TOPIC + "-1", "the user id as the record's key")
                    .doesNotContain(first));
        }
    }

    private static ProducerRecord<String, String> keyless(String user, int partition) {
        return new ProducerRecord<>(TOPIC, partition, null, json(newId(), "test.keyless", user, "{}"));
    }

    private void awaitDone(String user, int actions) {
        await().atMost(SOON).until(() -> database.recorded(user) == actions);
    }
}
