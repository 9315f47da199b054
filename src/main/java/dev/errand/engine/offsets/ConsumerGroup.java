package dev.errand.engine.offsets;

import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The consumer group as Kafka sees it: the partitions of all processes, also while none runs. Thread-safe. */
@Singleton
public final class ConsumerGroup {

    private static final Logger LOG = Logger.getLogger(ConsumerGroup.class);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final String group;
    private final List<String> topics;
    private final Map<String, Object> kafka;
    private @Nullable Admin admin;

    @Inject
    ConsumerGroup(
            @ConfigProperty(name = "errand.group", defaultValue = "errand") String group,
            @ConfigProperty(name = "errand.topics") String topics,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.group = group;
        this.topics = Arrays.stream(topics.split(",")).map(String::strip).toList();
        this.kafka = kafka;
    }

    /**
     * A partition of the group's topics.
     *
     * @param topicId Kafka's own id of the topic: a topic that is deleted and created again gets another one
     * @param commit null before the first commit
     * @param beginning the log's first offset: where a group without a commit starts to read
     * @param end the offset after the last record
     * @param host the consumer's host; null if the partition is not assigned
     */
    public record Partition(
            TopicPartition at,
            String topicId,
            @Nullable OffsetAndMetadata commit,
            long beginning,
            long end,
            @Nullable String host) {

        /** The committed offset; null before the first commit. */
        public @Nullable Long committed() {
            return commit == null ? null : commit.offset();
        }

        /** The consumer lag: how many offsets are published and not committed. */
        public long lag() {
            return Math.max(0, end - (commit == null ? beginning : Math.max(beginning, commit.offset())));
        }
    }

    /** The group's id. */
    public String name() {
        return group;
    }

    /**
     * All partitions of the configured topics that exist, ordered by topic and partition number.
     *
     * @throws KafkaException if Kafka reports an error, or does not answer a request within 4 s
     */
    public List<Partition> partitions() {
        var client = admin();
        var wanted = new HashMap<TopicPartition, OffsetSpec>();
        var topicIds = new HashMap<String, String>();
        for (var description : described(client)) {
            topicIds.put(description.name(), description.topicId().toString());
            description
                    .partitions()
                    .forEach(partition -> wanted.put(
                            new TopicPartition(description.name(), partition.partition()), OffsetSpec.latest()));
        }
        if (wanted.isEmpty()) {
            return List.of();
        }
        var ends = client.listOffsets(wanted);
        wanted.replaceAll((partition, spec) -> OffsetSpec.earliest());
        var beginnings = client.listOffsets(wanted);
        var committed = client.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata();
        var hosts = hosts(client);
        List<Partition> partitions = new ArrayList<>();
        for (var partition : wanted.keySet()) {
            partitions.add(new Partition(
                    partition,
                    String.valueOf(topicIds.get(partition.topic())),
                    get(committed).get(partition),
                    get(beginnings.partitionResult(partition)).offset(),
                    get(ends.partitionResult(partition)).offset(),
                    hosts.get(partition)));
        }
        partitions.sort(Comparator.comparing((Partition each) -> each.at().topic())
                .thenComparing(each -> each.at().partition()));
        return partitions;
    }

    private List<TopicDescription> described(Admin client) {
        List<TopicDescription> descriptions = new ArrayList<>();
        for (var topic : client.describeTopics(topics).topicNameValues().values()) {
            try {
                descriptions.add(get(topic));
            } catch (UnknownTopicOrPartitionException notThere) {
                LOG.debugf("A topic does not exist, so it has no partitions to list: %s", notThere.getMessage());
            }
        }
        return descriptions;
    }

    private Map<TopicPartition, String> hosts(Admin client) {
        Map<TopicPartition, String> hosts = new HashMap<>();
        try {
            for (var described :
                    get(client.describeConsumerGroups(List.of(group)).all()).values()) {
                described.members().forEach(member -> member.assignment()
                        .topicPartitions()
                        .forEach(partition -> hosts.put(partition, member.host())));
            }
        } catch (GroupIdNotFoundException e) {
            // No consumer has ever joined the group.
            return hosts;
        }
        return hosts;
    }

    private synchronized Admin admin() {
        if (admin == null) {
            Map<String, Object> config = new HashMap<>(kafka);
            config.put("client.id", "errand-status");
            config.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
            config.put("request.timeout.ms", (int) PATIENCE.toMillis() / 2);
            admin = Admin.create(config);
        }
        return admin;
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("The request to Kafka was interrupted", e);
        } catch (TimeoutException e) {
            throw new KafkaException("Kafka does not answer", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException known) {
                throw known;
            }
            throw new KafkaException(e.getCause());
        }
    }

    @PreDestroy
    synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
