package dev.errand.bench;

import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Lets one contender run and gives it actions while it does, each at its time whatever became of those before. No action
 * comes twice. For one thread.
 */
final class Feed implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(1);

    private final Stage stage;
    private final Workload workload;
    private final SplittableRandom random;
    private final String topic;
    private final Running running;
    private final Watch watch;
    private final KafkaProducer<String, String> producer;
    private int sent;

    Feed(Settings settings, Stage stage, Contender contender, int round) {
        this.stage = stage.of(contender);
        this.workload = new Workload(settings.seed() + round, 0, 0);
        this.random = new SplittableRandom(settings.seed() + round);
        this.topic = settings.mode() + "-" + contender.name() + "-" + round;
        this.stage.empty(List.of("user_action", "user_activity"));
        stage.createTopic(topic, Preload.PARTITIONS);
        this.watch = new Watch(this.stage);
        this.producer = stage.producer(0);
        this.running = contender.start(this.stage, settings.directory().resolve(topic + ".log"), topic, topic);
    }

    /**
     * Sends actions at random intervals, as independent users do.
     *
     * @return the latency of each in milliseconds
     */
    List<Double> send(int actions, double aSecond) {
        var sender = new Thread(() -> pace(actions, aSecond), "sender");
        sender.start();
        running.await("all actions", PATIENCE.plusSeconds((long) (actions / aSecond)), LOOK, () -> {
            watch.look();
            return watch.seen() >= actions;
        });
        joined(sender);
        return watch.take();
    }

    private static void joined(Thread sender) {
        try {
            sender.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void pace(int actions, double aSecond) {
        var at = (double) System.nanoTime();
        for (int i = 0; i < actions; i++) {
            at += -Math.log(1 - random.nextDouble()) / aSecond * 1e9;
            for (var wait = at - System.nanoTime(); wait > 0; wait = at - System.nanoTime()) {
                LockSupport.parkNanos((long) wait);
            }
            var now = Watch.now();
            var sample = workload.action(sent++).at(now);
            var timestamp = now.toInstant(ZoneOffset.UTC).toEpochMilli();
            producer.send(new ProducerRecord<>(topic, null, timestamp, sample.user(), sample.json()));
        }
    }

    /** Ends the contender and checks that all it was given is there, once. */
    void finish() {
        running.stop();
        expect("SELECT COUNT(*) FROM user_action");
        expect("SELECT COUNT(DISTINCT id) FROM user_action");
        expect("SELECT SUM(action_count) FROM user_activity");
        if (stage.uncommitted(topic, topic) != 0) {
            throw new WrongResult(stage.uncommitted(topic, topic) + " records have no committed offset");
        }
    }

    private void expect(String sql) {
        var number = stage.database().number(sql);
        if (number != sent) {
            throw new WrongResult(sql + " should be " + sent + " but is " + number);
        }
    }

    @Override
    public void close() {
        running.close();
        producer.close(Duration.ZERO);
        watch.close();
    }
}
