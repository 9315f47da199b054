package dev.errand.dev.embedded;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded broker and Errand accept records with every compression of Kafka. */
@QuarkusTest
class CodecsTest {

    private static final int ACTIONS = 50;

    @Inject
    Database database;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void shouldTakeActionsThatAreCompressed(String codec) {
        var user = newUser();
        var records = IntStream.range(0, ACTIONS)
                .mapToObj(i -> record(newId(), "page.viewed", user, "{\"text\":\"" + "abc".repeat(300) + "\"}"))
                .toList();

        try (var publisher =
                new Publisher(kafka, Map.of("compression.type", codec, "linger.ms", 50, "batch.size", 64 << 10))) {
            assertThat(publisher.publish(records)).allMatch(RecordMetadata::hasOffset);
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> database.recorded(user) == ACTIONS);
        assertThat(database.texts("SELECT DISTINCT JSON_LENGTH(payload, '$') FROM user_action WHERE user_id = ?", user))
                .containsExactly("1");
    }
}
