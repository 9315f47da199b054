package dev.errand.testsupport;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Kafka's administration for tests: what topics have, what groups have committed, and who is in them. */
public final class KafkaAdmin {

    /** The consumer group of Errand, unless it is configured otherwise. */
    public static final String GROUP = "errand";

    private KafkaAdmin() {}

    /** To be closed by the caller. */
    public static Admin of(String bootstrapServers) {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    public static Set<TopicPartition> partitions(Admin admin, String topic) throws Exception {
        return ends(admin, topic).keySet();
    }

    /** The offset behind the last record of each partition. */
    public static Map<TopicPartition, Long> ends(Admin admin, String topic) throws Exception {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .forEach(each -> latest.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        admin.listOffsets(latest).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** What a group has committed; without partitions of which nothing is committed. */
    public static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin, String group) throws Exception {
        return admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    /** What Errand's group has committed. */
    public static Map<TopicPartition, OffsetAndMetadata> committed(String bootstrapServers) throws Exception {
        try (var admin = of(bootstrapServers)) {
            return committed(admin, GROUP);
        }
    }

    /** The committed offsets of Errand's group together: how many records are done, where each log begins with offset 0. */
    public static long committedSum(String bootstrapServers) throws Exception {
        return committed(bootstrapServers).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    /** @throws java.util.concurrent.ExecutionException also where there is no such group */
    public static Collection<MemberDescription> members(Admin admin, String group) throws Exception {
        return admin.describeConsumerGroups(List.of(group))
                .all()
                .get()
                .get(group)
                .members();
    }
}
