package dev.errand.testkit;

import static dev.errand.testsupport.Waiting.SOON;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.errand.action.ActionKey;
import dev.errand.engine.ledger.LedgerKey;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Errand as a test sees it, on the real broker and the real database.
 *
 * <pre>{@code
 * errand.publish("order.placed", "u-42", new OrderPlaced("o-1", 1250)).awaitDone();
 * var account = errand.find(LoyaltyAccount.class, "u-42");
 * assertThat(account.points).isEqualTo(12);
 * }</pre>
 */
@Singleton
public class Errand {

    private final EntityManager entities;
    private final ObjectMapper json;
    private final String topic;
    private final Map<String, Object> kafka;
    private final KafkaProducer<String, String> producer;

    @Inject
    Errand(
            EntityManager entities,
            ObjectMapper json,
            @ConfigProperty(name = "errand.topics") String topics,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.entities = entities;
        this.json = json;
        this.topic = topics.split(",")[0].trim();
        this.kafka = kafka;
        this.producer = new KafkaProducer<>(new HashMap<>(kafka), new StringSerializer(), new StringSerializer());
    }

    @PreDestroy
    void close() {
        producer.close(Duration.ofSeconds(5));
    }

    /** A user id that nobody else has. */
    public String newUser() {
        return "u-" + UUID.randomUUID();
    }

    /**
     * Publishes an action with an id of its own.
     *
     * @param payload written as JSON; a text is taken as JSON
     */
    public Published publish(String type, String userId, Object payload) {
        return publish(UUID.randomUUID().toString(), type, userId, payload);
    }

    /** Publishes an action with this id; a second call publishes a repeat. */
    public Published publish(String id, String type, String userId, Object payload) {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("id", id);
        action.put("type", type);
        action.put("userId", userId);
        action.put("occurredAt", Instant.now().truncatedTo(ChronoUnit.MICROS).toString());
        try {
            action.put("payload", payload instanceof String text ? asItIs(text) : payload);
            producer.send(new ProducerRecord<>(topic, userId, json.writeValueAsString(action)))
                    .get();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The payload is no JSON", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka did not take the action", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Published(id);
    }

    private RawValue asItIs(String text) throws JsonProcessingException {
        json.readTree(text);
        return new RawValue(text);
    }

    /** An entity as it is in the database now, or null. */
    public <T> T find(Class<T> entity, Object id) {
        return QuarkusTransaction.requiringNew().call(() -> entities.find(entity, id));
    }

    /** Waits until a user has at least so many events of a type, and returns their payloads as JSON texts, in order. */
    public List<String> awaitEvents(String type, String userId, int atLeast) {
        try (var events = new EventReader(kafka, SOON)) {
            return events.all(type, userId, atLeast);
        }
    }

    /** Waits for a user's first event of a type, and returns its payload. */
    public <T> T awaitEvent(String type, String userId, Class<T> payload) {
        try (var events = new EventReader(kafka, SOON)) {
            return json.readValue(events.all(type, userId, 1).get(0), payload);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The event's payload is no " + payload.getSimpleName(), e);
        }
    }

    /** An action that was published. */
    public final class Published {

        private final String id;

        private Published(String id) {
            this.id = id;
        }

        /** Waits until its effects are committed. */
        public void awaitDone() {
            Awaitility.await("the action " + id + " to be done")
                    .atMost(SOON)
                    .until(() -> count(
                                    "SELECT COUNT(*) FROM user_action WHERE action_key = ?1 AND processed_at IS NOT NULL",
                                    LedgerKey.of(new ActionKey("", id)))
                            == 1);
        }

        /** Waits until it is dead. @return why */
        public String awaitDead() {
            Awaitility.await("the action " + id + " to be dead")
                    .atMost(SOON)
                    .until(() -> count(
                                    "SELECT COUNT(*) FROM parked_action WHERE source = '' AND id = ?1 AND state = 'DEAD'",
                                    id)
                            == 1);
            return QuarkusTransaction.requiringNew().call(() -> (String) entities.createNativeQuery(
                            "SELECT error_message FROM parked_action WHERE source = '' AND id = ?1", String.class)
                    .setParameter(1, id)
                    .getSingleResult());
        }

        private long count(String sql, String parameter) {
            return QuarkusTransaction.requiringNew().call(() -> ((Number) entities.createNativeQuery(sql)
                            .setParameter(1, parameter)
                            .getSingleResult())
                    .longValue());
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
