package dev.errand.bench.baseline;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Polls, writes, commits. {@link #stop} may be called by any thread, {@link #run} by one, once. */
final class Taker {

    private static final int CONFLICTS = 20;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final String jdbcUrl;
    private final Store.Work work;

    Taker(String bootstrapServers, String jdbcUrl, String topic, String group, int pollRecords, Store.Work work) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        group,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        pollRecords,
                        "fetch.max.bytes",
                        8_388_608,
                        "partition.assignment.strategy",
                        CooperativeStickyAssignor.class.getName()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.topic = topic;
        this.jdbcUrl = jdbcUrl;
        this.work = work;
    }

    void run() throws SQLException {
        try (consumer;
                var store = Store.open(jdbcUrl, work)) {
            consumer.subscribe(List.of(topic), new CommitOnRevocation());
            try {
                while (true) {
                    var records = consumer.poll(Duration.ofSeconds(1));
                    if (!records.isEmpty()) {
                        write(store, records);
                        // What it does not get to commit is found to be duplicates later.
                        consumer.commitAsync();
                    }
                }
            } catch (WakeupException stopped) {
                consumer.commitSync();
            }
        }
    }

    private static void write(Store store, ConsumerRecords<byte[], byte[]> records) throws SQLException {
        var actions = new ArrayList<Taken>(records.count());
        records.forEach(record -> actions.add(Taken.from(record)));
        for (int conflicts = 0; ; conflicts++) {
            try {
                store.write(actions);
                return;
            } catch (SQLException e) {
                store.rollback();
                if (!"40001".equals(e.getSQLState()) || conflicts == CONFLICTS) {
                    throw e;
                }
            }
        }
    }

    void stop() {
        consumer.wakeup();
    }

    /** Called inside a poll, when all that was polled before is written. */
    private final class CommitOnRevocation implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            consumer.commitSync();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
    }
}
