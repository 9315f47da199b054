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
 * How large a record of a topic may be: as the producer is configured, and as Kafka said of the topic when it was last asked.
 * For the thread of a relay.
 */
final class TopicSizeLimit implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TopicSizeLimit.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration WITHOUT_ANSWER = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /** What producers do with topics that take large records, without being told. */
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
     * @param kafka what leads to the broker, and what else is configured for all clients
     * @param onChange told of the limit now and whenever Kafka was asked
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
                    "kafka." + key + " is \"" + configured + "\": a number of bytes is needed", e);
        }
    }

    /** What the producer sends at most. */
    long largestRequest() {
        return limit(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST).bytes();
    }

    /** What holds whatever Kafka says. */
    SizeLimit ofProducer() {
        return ofProducer;
    }

    /** What certainly fits. */
    SizeLimit smallest() {
        var known = ofTopic;
        return known == null ? ofProducer : ofProducer.or(known);
    }

    /** What certainly does not fit is larger than this: where the producer compresses, only the broker can tell. */
    SizeLimit largest() {
        return compresses ? ofProducer : smallest();
    }

    /**
     * How many bytes of records may go together: no more than one may have. The broker refuses a batch that is larger than
     * that, and a producer whose batches are allowed to be (4.1.1) would divide it into the same batch again and again.
     */
    long batch() {
        return Math.max(1, Math.min(batch, smallest().bytes()));
    }

    /** Asks Kafka, where that was not done lately. */
    void refreshIfOld() throws InterruptedException {
        if (System.nanoTime() - asked >= INTERVAL.toNanos()) {
            refresh();
        }
    }

    /**
     * Asks Kafka. Where it does not answer, what it said before is taken to be so.
     *
     * @return whether it answered
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
            LOG.debugf(why, "Kafka does not tell how large a record of %s may be", topic);
            var kind = why.getClass().getSimpleName();
            if (!kind.equals(silence)) {
                silence = kind;
                LOG.infof(
                        "Kafka does not tell how large a record of the topic %s may be (%s): up to %s are tried. It is"
                                + " asked again, which needs the right DescribeConfigs",
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
            // It will be made with the brokers' default.
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
                .orElseThrow(() -> new KafkaException("nothing is told of " + resource));
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
