package dev.errand.engine.intake;

import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.engine.offsets.ConsumerGroup;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Actions that are published in transactions of Kafka. */
@QuarkusTest
class TransactionalProducerTest {

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    @Inject
    Database database;

    @Inject
    Publisher publisher;

    @Inject
    ConsumerGroup group;

    private int partition;
    private KafkaProducer<String, String> producer;

    @BeforeEach
    void open() {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "transactional.id", newUser()),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
    }

    @AfterEach
    void close() {
        producer.close();
    }

    @Test
    void shouldDoWhatWasCommittedAndNothingElse() throws Exception {
        // When
        var user = newUser();
        publish(user, 1);
        producer.abortTransaction();
        publish(user, 2);
        producer.commitTransaction();

        // Then
        await().atMost(SOON).until(() -> !orders(user).isEmpty());
        assertThat(orders(user)).containsExactly("2");

        // When
        publish(user, 3);
        // It stands behind the open transaction and has to wait for its end.
        publisher.publish(order(user, 4));
        await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> orders(user)
                .equals(List.of("2")));
        producer.abortTransaction();

        // Then
        await().atMost(SOON).until(() -> orders(user).equals(List.of("2", "4")));
    }

    @Test
    void shouldLeaveNoLagBehindForWhatIsNoRecord() throws Exception {
        var user = newUser();
        publish(user, 1);
        producer.commitTransaction();
        await().atMost(SOON).until(() -> orders(user).equals(List.of("1")));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(lag()).as("after a commit").isZero());

        publish(user, 2);
        producer.abortTransaction();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(lag()).as("after an abort").isZero());
    }

    private void publish(String user, long cents) throws Exception {
        producer.beginTransaction();
        partition = producer.send(order(user, cents)).get().partition();
    }

    private List<String> orders(String user) {
        return database.texts(
                "SELECT JSON_EXTRACT(payload, '$.totalCents') FROM user_action WHERE user_id = ? ORDER BY seq", user);
    }

    private long lag() {
        return group.partitions().stream()
                .filter(each -> each.at().partition() == partition)
                .mapToLong(ConsumerGroup.Partition::lag)
                .sum();
    }
}
