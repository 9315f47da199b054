package dev.errand.relay;

import dev.errand.work.OwnThread;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;
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

    private static final int LARGEST_REQUEST = 16 << 20;

    /** Publishes what waits. */
    @FunctionalInterface
    interface Publishing {
        /** @return how many; 0 when none waits */
        int publishSome(KafkaProducer<byte[], byte[]> producer) throws Exception;
    }

    private final String what;
    private final Map<String, Object> kafka;
    private final Publishing publishing;
    private final Semaphore news = new Semaphore(0);
    private volatile boolean stopping;
    private @Nullable Thread thread;

    /**
     * @param what for messages
     * @param kafka what leads to the broker, for all clients
     */
    Relay(String what, Map<String, Object> kafka, Publishing publishing) {
        this.what = what;
        this.kafka = kafka;
        this.publishing = publishing;
    }

    void start() {
        thread = OwnThread.start("errand-relay-of-" + what.replace(' ', '-'), this);
    }

    /** Something was committed that waits. */
    void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    void stop() throws InterruptedException {
        stopping = true;
        wake();
        if (thread != null) {
            thread.join(LAST_BATCH.toMillis());
        }
    }

    @Override
    public void run() {
        while (!stopping) {
            try (var producer = new KafkaProducer<>(config(), new ByteArraySerializer(), new ByteArraySerializer())) {
                publishUntilTrouble(producer);
            } catch (InterruptedException e) {
                LOG.debug("Nobody ends a relay so: it is told to stop");
            } catch (Throwable e) {
                LOG.warnf("The %s that wait can't be published yet: %s", what, e);
                LOG.debug("Because", e);
                pause(AFTER_TROUBLE);
            }
        }
    }

    private void publishUntilTrouble(KafkaProducer<byte[], byte[]> producer) throws Exception {
        while (!stopping) {
            if (publishing.publishSome(producer) == 0) {
                pause(POLL_INTERVAL);
            }
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

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        // One request at a time keeps the order without idempotence, with which batches get stuck on a topic that has
        // only
        // just been created (broker 4.1.1), and which can't help against repeats after a crash anyway.
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_MILLIS / 4);
        // The topic's own limit is to decide.
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS / 2);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        return config;
    }
}
