package dev.errand.bench;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A topic that holds a workload, and where in it each action stands first.
 *
 * @param partitions of each action
 * @param offsets of each action
 * @param bytes of all values
 */
record Preload(String topic, Workload workload, int[] partitions, long[] offsets, long bytes) {

    static final int PARTITIONS = 8;

    static Preload publish(Stage stage, String topic, Workload workload) {
        stage.createTopic(topic, PARTITIONS);
        var partitions = new int[workload.distinct()];
        var offsets = new long[workload.distinct()];
        long bytes = 0;
        var failure = new AtomicReference<Exception>();
        try (var producer = stage.producer(20)) {
            int fresh = 0;
            for (int i = 0; i < workload.publications(); i++) {
                int number = workload.published(i);
                var first = number == fresh;
                if (first) {
                    fresh++;
                }
                var sample = workload.action(number);
                var json = sample.json();
                bytes += json.length();
                producer.send(new ProducerRecord<>(topic, sample.user(), json), (metadata, refused) -> {
                    if (refused != null) {
                        failure.compareAndSet(null, refused);
                    } else if (first) {
                        partitions[number] = metadata.partition();
                        offsets[number] = metadata.offset();
                    }
                });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("Kafka refused a record", failure.get());
        }
        return new Preload(topic, workload, partitions, offsets, bytes);
    }

    void describe() {
        Report.line(
                "%d records of %d bytes on average, %d distinct actions, %d users",
                workload.publications(), bytes / workload.publications(), workload.distinct(), Workload.USERS);
    }
}
