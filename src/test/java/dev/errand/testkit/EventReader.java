package dev.errand.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/** Reads events from the beginning of their topic. For one thread. */
final class EventReader implements AutoCloseable {

    private static final String TOPIC = "errand-events";

    private final KafkaConsumer<String, String> consumer;
    private final Duration atMost;
    private final List<ConsumerRecord<String, String>> read = new ArrayList<>();

    EventReader(Map<String, Object> kafka, Duration atMost) {
        var config = new HashMap<>(kafka);
        config.remove("group.id");
        config.put("enable.auto.commit", false);
        config.put("metadata.max.age.ms", 1000);
        this.consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        this.atMost = atMost;
    }

    /** Waits until a user has at least so many events of a type, and returns their payloads as JSON texts. */
    List<String> all(String type, String userId, int atLeast) {
        Awaitility.await(atLeast + " events " + type + " of " + userId)
                .pollInSameThread()
                .atMost(atMost)
                .until(() -> {
                    poll();
                    return of(type, userId).size() >= atLeast && isAtEnd();
                });
        return of(type, userId);
    }

    private boolean isAtEnd() {
        if (consumer.assignment().isEmpty()) {
            return false;
        }
        var ends = consumer.endOffsets(consumer.assignment());
        return ends.entrySet().stream().allMatch(each -> consumer.position(each.getKey()) >= each.getValue());
    }

    private List<String> of(String type, String userId) {
        return read.stream()
                .filter(each -> is(each, type, userId))
                .map(ConsumerRecord::value)
                .toList();
    }

    private void poll() {
        if (consumer.assignment().isEmpty()) {
            var partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                // The first event creates the topic.
                return;
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }
        consumer.poll(Duration.ofMillis(100)).forEach(read::add);
    }

    private static boolean is(ConsumerRecord<String, String> event, String type, String userId) {
        return userId.equals(event.key())
                && type.equals(Errand.text(event.headers().lastHeader("ce_type").value()));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
