package dev.errand.engine.relay;

import dev.errand.engine.outbox.SizeLimit;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The largest size of a topic's records, by the producer's configuration and by the topic's, as Kafka last returned it. Not
 * thread-safe: for the thread of a relay.
 */
final class TopicSizeLimit implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TopicSizeLimit.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration WITHOUT_ANSWER = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /** Errand's default of {@code max.request.size}, for topics that accept large records; Kafka's is 1 MiB. */
    private static final long LARGEST_REQUEST = 16 << 20;

    private static final long KAFKAS_BUFFER = 32 << 20;
    private static final long KAFKAS_BATCH = 16 << 10;
    private static final String BROKERS_DEFAULT = "message.max.bytes";

    private final String topic;
    private final Map<String, Object> kafka;
    private final Consumer<SizeLimit> onChange;
    private final SizeLimit ofProducer;
    private final boolean compresses;
    private final long batch;
    private @Nullable SizeLimit ofTopic;
    private @Nullable Admin admin;
    private @Nullable String silence;
    private long asked = System.nanoTime() - INTERVAL.toNanos();

    /**
     * @param kafka the configuration of all Kafka clients
     * @param onChange called with the limit now, and after each refresh
     */
    TopicSizeLimit(String topic, Map<String, Object> kafka, Consumer<SizeLimit> onChange) {
        this.topic = topic;
        this.kafka = kafka;
        this.onChange = onChange;
        this.ofProducer = limit(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST)
                .or(limit(ProducerConfig.BUFFER_MEMORY_CONFIG, KAFKAS_BUFFER));
        this.batch = limit(ProducerConfig.BATCH_SIZE_CONFIG, KAFKAS_BATCH).bytes();
        this.compresses = !"none"
                .equals(String.valueOf(kafka.getOrDefault(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none"))
                        .strip());
        onChange.accept(smallest());
    }

    private SizeLimit limit(String key, long otherwise) {
        var configured = String.valueOf(kafka.getOrDefault(key, otherwise)).strip();
        try {
            return new SizeLimit(Long.parseLong(configured), "kafka." + key);
        } catch (NumberFormatException e) {
            throw new IllegalStateException(
                    "kafka." + key + " is \"" + configured + "\", but has to be a number of bytes", e);
        }
    }

    /** The producer's {@code max.request.size}. */
    long largestRequest() {
        return limit(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST).bytes();
    }

    /** The limit by the producer's configuration alone. */
    SizeLimit ofProducer() {
        return ofProducer;
    }

    /** A record up to this size is accepted for certain, as far as the topic's limit is known. */
    SizeLimit smallest() {
        var known = ofTopic;
        return known == null ? ofProducer : ofProducer.or(known);
    }

    /** A larger record is refused for certain. With compression, only the broker can tell whether one up to this size fits. */
    SizeLimit largest() {
        return compresses ? ofProducer : smallest();
    }

    /**
     * The producer's {@code batch.size}, at most the limit of one record. The broker refuses a batch that is larger than that
     * limit, and a producer with a larger {@code batch.size} (4.1.1) would split it into the same batch again and again.
     */
    long batch() {
        return Math.max(1, Math.min(batch, smallest().bytes()));
    }

    /** Refreshes the limit if the last answer is older than 10 s, or the last request without an answer is older than 2 s. */
    void refreshIfOld() throws InterruptedException {
        if (System.nanoTime() - asked >= INTERVAL.toNanos()) {
            refresh();
        }
    }

    /**
     * Gets the topic's limit from Kafka. If that fails, the limit known before stays in force.
     *
     * @return whether Kafka answered
     */
    boolean refresh() throws InterruptedException {
        asked = System.nanoTime();
        try {
            ofTopic = ask();
            silence = null;
            return true;
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            asked += WITHOUT_ANSWER.minus(INTERVAL).toNanos();
            var why = e.getCause() == null ? e : e.getCause();
            LOG.debugf(why, "The size limit of the topic %s can't be read from Kafka", topic);
            var kind = why.getClass().getSimpleName();
            if (!kind.equals(silence)) {
                silence = kind;
                LOG.infof(
                        "The size limit of the topic %s can't be read from Kafka (%s): records of up to %s are tried. The"
                                + " request is repeated; it needs the permission DescribeConfigs",
                        topic, kind, smallest());
            }
            return false;
        } finally {
            onChange.accept(smallest());
        }
    }

    private SizeLimit ask() throws InterruptedException, ExecutionException, TimeoutException {
        var client = admin();
        var ofTopics = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            return new SizeLimit(
                    number(client, ofTopics, TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG + " of the topic " + topic);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
            // When the topic is created, the brokers' default applies to it.
            var broker = first(client.describeCluster().nodes().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .orElseThrow(() -> new KafkaException("no broker is known"));
            return new SizeLimit(
                    number(
                            client,
                            new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(broker.id())),
                            BROKERS_DEFAULT),
                    BROKERS_DEFAULT + " of the brokers");
        }
    }

    private static <T> Optional<T> first(Collection<T> some) {
        return some.stream().findFirst();
    }

    private static long number(Admin client, ConfigResource resource, String key)
            throws InterruptedException, ExecutionException, TimeoutException {
        var described = first(client.describeConfigs(List.of(resource)).values().values())
                .orElseThrow(() -> new KafkaException("Kafka returned no configuration of " + resource));
        var entry = described.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).get(key);
        if (entry == null || entry.value() == null) {
            throw new KafkaException(resource + " has no " + key);
        }
        return Long.parseLong(entry.value());
    }

    private Admin admin() {
        var known = admin;
        if (known == null) {
            Map<String, Object> config = new HashMap<>(kafka);
            config.put(AdminClientConfig.CLIENT_ID_CONFIG, "errand-topic-limit-" + topic);
            config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
            config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2);
            known = Admin.create(config);
            admin = known;
        }
        return known;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
