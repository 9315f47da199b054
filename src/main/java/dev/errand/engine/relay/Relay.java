package dev.errand.engine.relay;

import dev.errand.engine.liveness.EngineThread;
import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.logging.RateLimitedLog.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;
import org.jspecify.annotations.Nullable;

/** A thread that publishes waiting rows when it is woken, and otherwise once a second. Thread-safe. */
final class Relay implements Runnable {

    private static final Logger LOG = Logger.getLogger(Relay.class);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(5);
    private static final Duration LAST_BATCH = Duration.ofSeconds(5);

    /** The producer's delivery timeout; it has to be less than the transaction timeout. */
    private static final int DELIVERY_MILLIS = 20_000;

    /** The longest delivery, with the time that the producer may take to find a partition's leader. */
    static final Duration LONGEST_DELIVERY = Duration.ofMillis(DELIVERY_MILLIS + DELIVERY_MILLIS / 4);

    /** Publishes some of the waiting rows. */
    @FunctionalInterface
    interface Publishing {
        PublishResult publishSome(KafkaProducer<byte[], byte[]> producer) throws Exception;
    }

    private final String what;
    private final Map<String, Object> kafka;
    private final TopicSizeLimit limit;
    private final RateLimitedLog limited;
    private final Publishing publishing;
    private final Semaphore news = new Semaphore(0);
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread thread;

    /**
     * @param what what is published, in the plural, for messages and the thread's name
     * @param kafka the configuration of all Kafka clients
     * @param limit the size limit of the topic that is published to; closed by this relay
     */
    Relay(String what, Map<String, Object> kafka, TopicSizeLimit limit, RateLimitedLog limited, Publishing publishing) {
        this.what = what;
        this.kafka = kafka;
        this.limit = limit;
        this.limited = limited;
        this.publishing = publishing;
    }

    void start() {
        thread = EngineThread.start("errand-relay-of-" + what.replace(' ', '-'), this);
    }

    /** Says that a row to be published was committed. */
    void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    void stop() throws InterruptedException {
        stopping.countDown();
        wake();
        if (thread != null) {
            thread.join(LAST_BATCH.toMillis());
        }
    }

    @Override
    public void run() {
        try (limit) {
            var singly = false;
            while (!isStopping()) {
                singly = !publishUntilTrouble(singly);
            }
        }
    }

    /**
     * Publishes until an error occurs, or a producer with another configuration is needed.
     *
     * @param singly whether each record is sent in a batch of its own, so that it can only fail for its own reasons
     * @return whether no error occurred
     */
    private boolean publishUntilTrouble(boolean singly) {
        try {
            limit.refreshIfOld();
            var batch = singly ? 1 : limit.batch();
            try (var producer =
                    new KafkaProducer<>(config(batch), new ByteArraySerializer(), new ByteArraySerializer())) {
                publishWhile(() -> singly || limit.batch() == batch, producer, singly);
            }
            return true;
        } catch (InterruptedException e) {
            LOG.debug("An interrupt is ignored: a relay ends when it is stopped");
            return true;
        } catch (Throwable e) {
            limited.log(
                    new Kind(
                            Relay.class,
                            Level.WARN,
                            "attempt",
                            "to publish " + what + " failed with "
                                    + e.getClass().getName()),
                    () -> LOG.warnf("The %s that wait can't be published yet: %s", what, e));
            LOG.debugf(e, "The %s that wait can't be published yet", what);
            backOff();
            return false;
        }
    }

    private void publishWhile(
            BooleanSupplier isRightProducer, KafkaProducer<byte[], byte[]> producer, boolean untilIdle)
            throws Exception {
        while (!isStopping() && isRightProducer.getAsBoolean()) {
            limit.refreshIfOld();
            var round = publishing.publishSome(producer);
            tell(round.refused());
            var trouble = round.trouble();
            if (trouble != null) {
                throw trouble;
            }
            if (round.isIdle()) {
                if (untilIdle) {
                    return;
                }
                pause(POLL_INTERVAL);
            }
        }
    }

    /** Logs rows that were refused; each is logged only once, because it is quarantined. */
    private void tell(Map<Long, String> refused) {
        if (!refused.isEmpty()) {
            var first = refused.entrySet().iterator().next();
            LOG.errorf(
                    "%d of the %s can't be published and are set aside, others go on; see the runbook, ErrandUnpublishable."
                            + " The first is number %d: %s",
                    refused.size(), what, first.getKey(), first.getValue());
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Waits for the full time, even if rows are committed meanwhile: they would meet the same error. */
    private void backOff() {
        try {
            if (stopping.await(AFTER_TROUBLE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debugf("This relay stops: other processes publish the %s that wait", what);
            }
        } catch (InterruptedException e) {
            LOG.debug("An interrupt is ignored: a relay ends when it is stopped");
        }
    }

    /** Waits until the relay is woken, or the time is over. */
    private void pause(Duration atMost) {
        try {
            if (news.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            LOG.debug("An interrupt is ignored: a relay ends when it is stopped");
        }
    }

    private Map<String, Object> config(long batch) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        // One request at a time keeps the order without idempotence. With it, batches get stuck on a topic that has
        // just been created (broker 4.1.1), and it does not prevent duplicates after a crash anyway.
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_MILLIS / 4);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, (int) Math.min(limit.largestRequest(), Integer.MAX_VALUE));
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, (int) Math.min(batch, Integer.MAX_VALUE));
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS / 2);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        return config;
    }
}
