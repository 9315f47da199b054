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

/** A thread that publishes what waits, when it is told to and once in a while. Thread-safe. */
final class Relay implements Runnable {

    private static final Logger LOG = Logger.getLogger(Relay.class);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(5);
    private static final Duration LAST_BATCH = Duration.ofSeconds(5);

    /** Less than a transaction may take. */
    private static final int DELIVERY_MILLIS = 20_000;

    /** With the time in which a producer may find out where to send. */
    static final Duration LONGEST_DELIVERY = Duration.ofMillis(DELIVERY_MILLIS + DELIVERY_MILLIS / 4);

    /** Publishes what waits. */
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
     * @param what for messages
     * @param kafka what leads to the broker, for all clients
     * @param limit of the topic that it publishes to; closed by this relay
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

    /** Something was committed that waits. */
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
     * Publishes until there is trouble, or another producer is wanted.
     *
     * @param singly whether each record is sent for itself, so that no other one can be the reason why it does not get through
     * @return whether all went well
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
            LOG.debug("Nobody ends a relay so: it is told to stop");
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
            LOG.debug("Because", e);
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

    /** Once for each row: it is set aside by now. */
    private void tell(Map<Long, String> refused) {
        if (!refused.isEmpty()) {
            var first = refused.entrySet().iterator().next();
            LOG.errorf(
                    "%d of the %s can't be published and are set aside, others go on; see the runbook, ErrandUnpublishable."
                            + " Number %d, because: %s",
                    refused.size(), what, first.getKey(), first.getValue());
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Whatever is committed meanwhile: it would only meet the same trouble. */
    private void backOff() {
        try {
            if (stopping.await(AFTER_TROUBLE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debugf("The %s that wait are for others to publish", what);
            }
        } catch (InterruptedException e) {
            LOG.debug("Nobody ends a relay so: it is told to stop");
        }
    }

    /** Until there are news, or for so long. */
    private void pause(Duration atMost) {
        try {
            if (news.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            LOG.debug("Nobody ends a relay so: it is told to stop");
        }
    }

    private Map<String, Object> config(long batch) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        // One request at a time keeps the order without idempotence, with which batches get stuck on a topic that has
        // only
        // just been created (broker 4.1.1), and which can't help against repeats after a crash anyway.
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
