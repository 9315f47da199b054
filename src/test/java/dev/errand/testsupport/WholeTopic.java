package dev.errand.testsupport;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads topics from their beginnings to the ends that they have at that time. */
public final class WholeTopic {

    private WholeTopic() {}

    /**
     * Hands over the records one by one: all of a topic together may not fit into memory.
     *
     * @param config of the consumer, which is in no group
     * @param deserializer of keys and values
     */
    public static <T> void read(
            Map<String, Object> config,
            String topic,
            Deserializer<T> deserializer,
            Consumer<ConsumerRecord<T, T>> each) {
        try (var consumer = new KafkaConsumer<>(config, deserializer, deserializer)) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.get(at))) {
                consumer.poll(Duration.ofSeconds(1)).forEach(each);
            }
        }
    }
}
