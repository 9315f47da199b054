package dev.errand.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.WholeTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Publishes orders and remembers them, so that the database can be compared with them at the end. */
final class Sent implements AutoCloseable {

    private record Order(String id, String user, long cents) {}

    /** When the ledger says that an action was done. */
    private record Row(String id, LocalDateTime processedAt) {}

    private final String topic;
    private final boolean withTroubles;
    private final Random random;
    private final String bootstrapServers;
    private final KafkaProducer<String, String> producer;
    private @Nullable KafkaProducer<String, String> undecided;
    private final List<Order> distinct = new ArrayList<>();
    private final List<CompletableFuture<Void>> unacknowledged = new ArrayList<>();
    private int repeats;
    private int takenBack;

    Sent(String bootstrapServers, String topic, long seed, boolean withTroubles) {
        this.topic = topic;
        this.withTroubles = withTroubles;
        this.random = new Random(seed);
        this.bootstrapServers = bootstrapServers;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5, "max.block.ms", 120_000),
                new StringSerializer(),
                new StringSerializer());
    }

    /** Publishes orders of random users, one in a hundred a second time. */
    void publish(int actions, int users) {
        for (int i = 0; i < actions; i++) {
            if (!distinct.isEmpty() && random.nextInt(100) == 0) {
                send(distinct.get(random.nextInt(distinct.size())));
                repeats++;
            } else {
                var order = new Order("a-" + distinct.size(), "u-" + random.nextInt(users), cents());
                distinct.add(order);
                send(order);
            }
        }
        producer.flush();
        takeBack(users);
    }

    /** Publishes orders in a transaction that is aborted: nobody may ever see any of them. */
    private void takeBack(int users) {
        try {
            if (undecided == null) {
                undecided = new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "transactional.id",
                                topic,
                                "transaction.timeout.ms",
                                10_000,
                                "max.block.ms",
                                20_000),
                        new StringSerializer(),
                        new StringSerializer());
                undecided.initTransactions();
            }
            undecided.beginTransaction();
            for (int i = 0; i < 5; i++) {
                var order = new Order("never-" + takenBack++, "u-" + random.nextInt(users), 0);
                undecided.send(new ProducerRecord<>(topic, order.user, json(order)));
            }
            undecided.flush();
            undecided.abortTransaction();
        } catch (KafkaException e) {
            // Kafka was killed meanwhile. It aborts the transaction when the next one begins or when its time is up.
            System.out.println("A transaction was left to Kafka to abort: " + e.getMessage());
            closeUndecided();
        }
    }

    private void closeUndecided() {
        if (undecided != null) {
            undecided.close(Duration.ZERO);
            undecided = null;
        }
    }

    /** An amount for less than 100 points. With troubles, a few are so large that the database refuses them; see {@link Troubles}. */
    private long cents() {
        long points = random.nextInt(100);
        if (withTroubles) {
            // The first order is always one that is refused for good.
            int chance = distinct.isEmpty() ? 0 : random.nextInt(1000);
            points += chance == 0 ? Troubles.FOR_GOOD : chance <= 10 ? Troubles.FOR_LONG : 0;
        }
        return points * 100;
    }

    private void send(Order order) {
        var acknowledged = new CompletableFuture<Void>();
        unacknowledged.add(acknowledged);
        producer.send(new ProducerRecord<>(topic, order.user, json(order)), (metadata, failure) -> {
            if (failure != null) {
                acknowledged.completeExceptionally(failure);
            } else {
                acknowledged.complete(null);
            }
        });
    }

    private static String json(Order order) {
        return """
                {"id":"%s","type":"order.placed","userId":"%s","occurredAt":"2026-11-22T05:00:00Z",\
                "payload":{"orderId":"%s","totalCents":%d}}""".formatted(order.id, order.user, order.id, order.cents + 100);
    }

    int actions() {
        return distinct.size();
    }

    int repeats() {
        return repeats;
    }

    int takenBack() {
        return takenBack;
    }

    void awaitAcknowledged(Duration atMost) throws Exception {
        CompletableFuture.allOf(unacknowledged.toArray(CompletableFuture[]::new))
                .get(atMost.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    /**
     * Every action is applied once, and the users' activity and the handler's effects are exact. The order is checked by the events
     * instead: a statement gets its time and its numbers when it begins, and may then wait for a frozen process that does an
     * earlier action meanwhile (ADR 2).
     */
    void assertAppliedOnce(Database database) {
        var idsByUser = new HashMap<String, List<String>>();
        var points = new HashMap<String, Long>();
        for (var order : distinct) {
            idsByUser.computeIfAbsent(order.user, any -> new ArrayList<>()).add(order.id);
            points.merge(order.user, (order.cents + 100) / 100, Long::sum);
        }
        idsByUser.values().forEach(Collections::sort);
        var rowsByUser = new HashMap<String, List<String>>();
        database.rows(
                "SELECT user_id, id FROM user_action WHERE processed_at IS NOT NULL ORDER BY id", row -> rowsByUser
                        .computeIfAbsent(row.getString(1), any -> new ArrayList<>())
                        .add(row.getString(2)));
        assertThat(rowsByUser).as("the ledger").isEqualTo(idsByUser);

        var counts = new HashMap<String, Long>();
        idsByUser.forEach((user, ids) -> counts.put(user, (long) ids.size()));
        var counted = new HashMap<String, Long>();
        database.rows(
                "SELECT user_id, action_count FROM user_activity",
                row -> counted.put(row.getString(1), row.getLong(2)));
        assertThat(counted).as("every user's activity").isEqualTo(counts);

        var earned = new HashMap<String, Long>();
        database.rows(
                "SELECT user_id, points FROM loyalty_account", row -> earned.put(row.getString(1), row.getLong(2)));
        assertThat(earned).as("what the handler did").isEqualTo(points);
    }

    /** Each action has at least one event, repeats have the same id, and the events of each user are in order. */
    void assertEventsPublished() {
        var orders = new HashMap<String, Set<String>>();
        var ids = new HashMap<String, String>();
        read("errand-events", event -> {
            var order = event.value().replaceAll(".*\"reason\":\"([^\"]*)\".*", "$1");
            var id = new String(event.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
            assertThat(ids.merge(order, id, (one, other) -> one))
                    .as("the id of every repeat")
                    .isEqualTo(id);
            orders.computeIfAbsent(event.key(), any -> new LinkedHashSet<>()).add(order);
        });
        var expected = new HashMap<String, Set<String>>();
        distinct.forEach(order -> expected.computeIfAbsent(order.user, any -> new LinkedHashSet<>())
                .add(order.id));
        assertThat(orders.keySet()).as("users with events").isEqualTo(expected.keySet());
        expected.forEach((user, of) ->
                assertThat(orders.get(user)).as("events of " + user).containsExactlyElementsOf(of));
    }

    /** Without records of aborted transactions. */
    private void read(String from, Consumer<ConsumerRecord<String, String>> each) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        WholeTopic.read(config, from, new StringDeserializer(), each);
    }

    /** At the time of each commit, all records before its offset were done or parked. Offsets without an action are no records. */
    void assertNeverCommittedTooFar(Database database, List<CommitLog.Commit> commits) {
        var processedAt = new HashMap<String, LocalDateTime>();
        database.rows("""
                        SELECT done.id, LEAST(processed_at, COALESCE(failed_at, processed_at))
                        FROM user_action done LEFT JOIN parked_action failed
                          ON failed.source = done.source AND failed.id = done.id""", row -> new Row(row.getString(1), row.getObject(2, LocalDateTime.class)))
                .forEach(row -> processedAt.put(row.id, row.processedAt));
        assertThat(commits).as("commits").isNotEmpty();
        var idsByOffset = new HashMap<TopicPartition, NavigableMap<Long, String>>();
        read(topic, record -> idsByOffset
                .computeIfAbsent(new TopicPartition(topic, record.partition()), any -> new TreeMap<>())
                .put(record.offset(), record.value().replaceAll("^\\{\"id\":\"([^\"]*)\".*", "$1")));
        assertThat(idsByOffset.values().stream().mapToInt(Map::size).sum()).isEqualTo(distinct.size() + repeats);
        for (var commit : commits) {
            idsByOffset
                    .getOrDefault(commit.partition(), Collections.emptyNavigableMap())
                    .headMap(commit.offset())
                    .forEach((offset, id) -> assertThat(processedAt.get(id))
                            .as("%s at offset %d when %s was committed", id, offset, commit)
                            .isNotNull()
                            .isBefore(commit.at()));
        }
    }

    @Override
    public void close() {
        closeUndecided();
        producer.close(Duration.ofSeconds(10));
    }
}
