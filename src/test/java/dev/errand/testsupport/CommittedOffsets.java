package dev.errand.testsupport;

import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What Errand's group has committed to Kafka. */
public final class CommittedOffsets {

    private CommittedOffsets() {}

    /** By partition; without those of which nothing is committed. */
    public static Map<TopicPartition, OffsetAndMetadata> of(String bootstrapServers) throws Exception {
        try (var admin = KafkaAdmin.of(bootstrapServers)) {
            return admin.listConsumerGroupOffsets("errand")
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
    }

    /** All together: how many records are done, where logs begin with their first. */
    public static long sum(String bootstrapServers) throws Exception {
        return of(bootstrapServers).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }
}
