package dev.errand.engine.intake;

import static dev.errand.testsupport.Actions.TOPIC;
import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

@QuarkusTest
class KeylessOrderTest {

    private static final int RECORDS = 600;

    @Inject
    Publisher publisher;

    @Inject
    Database database;

    @Test
    void shouldKeepAUsersOrderWhereSomeRecordsOfAPartitionHaveKeysAndOthersHaveNone() {
        // Given
        var users = List.of(newUser(), newUser(), newUser());
        var records = new ArrayList<ProducerRecord<String, String>>();
        for (int i = 0; i < RECORDS; i++) {
            var user = users.get(i % users.size());
            var key = i % 5 < 2 ? null : user;
            records.add(new ProducerRecord<>(TOPIC, 0, key, json(newId(), "test.mixed", user, "{\"n\":" + i + "}")));
        }

        // When
        publisher.publish(records);

        // Then
        for (var user : users) {
            await().atMost(SOON).until(() -> done(user).size() == RECORDS / users.size());
            assertThat(done(user)).isSorted();
        }
    }

    /** The numbers of a user's actions in the order in which they were done. */
    private List<Long> done(String user) {
        return database.rows(
                "SELECT JSON_EXTRACT(payload, '$.n') FROM user_action WHERE user_id = ? ORDER BY seq",
                row -> row.getLong(1),
                user);
    }
}
