package dev.errand.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.engine.liveness.EngineThread;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Publishes actions of a shop's users at a steady rate, if one is configured. Some of these actions fail on purpose. */
@Singleton
final class Demo {

    private static final Logger LOG = Logger.getLogger(Demo.class);
    private static final int USERS = 500;

    private final double rate;
    private final String topic;
    private final Map<String, Object> kafka;
    private final ObjectMapper json;
    private final Clock clock = Clock.systemUTC();
    private final Random random = new Random();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread thread;

    /** @param rate actions per second; 0 for none */
    @Inject
    Demo(
            @ConfigProperty(name = "errand.demo.rate", defaultValue = "0") double rate,
            @ConfigProperty(name = "errand.intake.enabled", defaultValue = "true") boolean enabled,
            @ConfigProperty(name = "errand.topics") String topics,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            ObjectMapper json) {
        this.rate = enabled ? rate : 0;
        this.topic = topics.split(",", 2)[0].strip();
        this.kafka = kafka;
        this.json = json;
    }

    void start(@Observes StartupEvent event) {
        if (rate > 0) {
            LOG.infof("Demonstration: publishing %s actions per second to %s (errand.demo.rate)", rate, topic);
            thread = EngineThread.start("errand-demo", this::publish);
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        if (thread != null) {
            thread.join(Duration.ofSeconds(5).toMillis());
        }
    }

    private void publish() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put("max.block.ms", 2_000);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            var nanosBetween = (long) (Duration.ofSeconds(1).toNanos() / rate);
            var due = System.nanoTime();
            while (!stopping.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                var unused = producer.send(next(), (metadata, failure) -> {
                    if (failure != null) {
                        LOG.debugf("The demonstration could not publish an action: %s", failure.getMessage());
                    }
                });
                due += nanosBetween;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ProducerRecord<String, String> next() {
        var user = "demo-" + random.nextInt(USERS);
        int chance = random.nextInt(100);
        if (chance < 50) {
            return action(
                    user, "order.placed", Map.of("orderId", "o-" + random.nextInt(1_000_000), "totalCents", cents()));
        }
        if (chance < 60) {
            return action(user, "points.redeemed", Map.of("reward", "mug", "points", 1 + random.nextInt(300)));
        }
        if (chance < 65) {
            return action(user, "user.signed-up", Map.of("email", user + "@example.com"));
        }
        if (chance < 66) {
            return action(user, "order.placed", Map.of("orderId", "", "totalCents", "a lot"));
        }
        return action(user, "page.viewed", Map.of("page", "/products/" + random.nextInt(200)));
    }

    private int cents() {
        return 100 + random.nextInt(20_000);
    }

    private ProducerRecord<String, String> action(String user, String type, Map<String, Object> payload) {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("id", UUID.randomUUID().toString());
        action.put("type", type);
        action.put("userId", user);
        action.put("occurredAt", clock.instant().truncatedTo(ChronoUnit.MICROS).toString());
        action.put("payload", payload);
        try {
            return new ProducerRecord<>(topic, user, json.writeValueAsString(action));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A map of strings and numbers could not be written as JSON", e);
        }
    }
}
