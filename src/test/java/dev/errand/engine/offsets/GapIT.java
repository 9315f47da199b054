package dev.errand.engine.offsets;

import static dev.errand.testsupport.Actions.json;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Waiting.SOON;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that Kafka no longer has when Errand wants to read them, for any cause. */
@Tag("long")
class GapIT {

    private static final KafkaServer KAFKA = Servers.kafka();
    private static final MySqlServer MY_SQL = Servers.mySql();
    private static final Database DATABASE = Database.at(MY_SQL::jdbcUrl);

    @TempDir
    Path directory;

    private final String topic = "gaps-" + newId();
    private final TopicPartition first = new TopicPartition(topic, 0);
    private final TopicPartition second = new TopicPartition(topic, 1);
    private Admin admin;
    private Publisher publisher;
    private Application application;

    @BeforeAll
    static void startServers() {
        KAFKA.start();
        MY_SQL.start();
    }

    @AfterAll
    static void stopServers() {
        KAFKA.close();
        MY_SQL.close();
    }

    @BeforeEach
    void open() throws Exception {
        admin = KafkaAdmin.of(KAFKA.bootstrapServers());
        publisher = new Publisher(KAFKA.bootstrapServers());
        createTopic();
    }

    @AfterEach
    void close() {
        if (application != null) {
            application.close();
        }
        publisher.close();
        admin.close();
    }

    @Test
    void shouldTellOnceWhatKafkaDeletedWhileNobodyRead() throws Exception {
        // Given
        givenDone(3);
        publish(first, 10);
        delete(7);

        // When
        start();

        // Then
        awaitDone(3 + 6);
        var told = "Kafka deleted 4 records of " + first + " before they were read, offsets 3 to 6";
        assertThat(application.output()).containsOnlyOnce(told);
        assertThat(metrics()).contains("errand_gap_records_total 4.0").contains("errand_gaps_total 1.0");
        await().atMost(SOON).until(() -> ready().contains(first + " from 3 to 7 DELETED"));
        await().atMost(SOON).until(() -> committed(first) == 13);
        application.close();
        start();
        assertThat(application.output()).as("told once").doesNotContain("before they were read");
        accept();
        await().atMost(SOON).until(() -> !ready().contains("DELETED"));
        assertThat(DATABASE.texts("SELECT actor FROM audit_entry WHERE subject LIKE 'offset-gap/%'"))
                .contains(People.OPERATOR);
    }

    @Test
    void shouldTellExactlyWhatKafkaDeletedAheadOfARunningConsumer() throws Exception {
        // Given
        start();
        post("/api/consumer/pause", "{}");
        // More records than the connector and Kafka's client can buffer.
        var payload = "\"" + "x".repeat(2_000) + "\"";
        publisher.publish(
                IntStream.range(0, 5_000).mapToObj(i -> record(first, payload)).toList());
        delete(4_000);

        // When
        post("/api/consumer/resume", "{}");

        // Then
        await().atMost(SOON).until(() -> committed(first) == 5_000);
        assertThat(gap("from_offset")).isPositive().isLessThan(4_000);
        assertThat(gap("to_offset")).isEqualTo(4_000);
        assertThat(offsetsDone())
                .isEqualTo(LongStream.concat(LongStream.range(0, gap("from_offset")), LongStream.range(4_000, 5_000))
                        .boxed()
                        .toList());
        assertThat(application.output()).containsOnlyOnce("before they were read");
    }

    @Test
    void shouldTellOfALogThatWasEmptiedAheadOfARunningConsumer() throws Exception {
        // Given
        start();
        publish(first, 2);
        awaitDone(2);
        await().atMost(SOON).until(() -> committed(first) == 2);
        post("/api/consumer/pause", "{}");
        var payload = "\"" + "x".repeat(2_000) + "\"";
        publisher.publish(
                IntStream.range(0, 5_000).mapToObj(i -> record(first, payload)).toList());
        delete(5_002);

        // When
        post("/api/consumer/resume", "{}");

        // Then
        await().atMost(SOON).until(() -> committed(first) == 5_002);
        assertThat(done()).isEqualTo(gap("from_offset"));
        assertThat(gap("to_offset")).isEqualTo(5_002);
    }

    @Test
    void shouldBeginAnewAndTellWhenATopicIsMadeAnewWhileNobodyReads() throws Exception {
        givenDone(5);
        recreateTopic();
        publish(first, 8);

        start();

        awaitDone(5 + 8);
        assertThat(application.output())
                .containsOnlyOnce(
                        "The topic of " + first
                                + " was deleted and created again: records from offset 5 on were not read, reading starts at offset 0");
    }

    @Test
    void shouldBeginAnewAndTellWhenATopicIsMadeAnewAndGrowsBeyondWhereReadingWas() throws Exception {
        start();
        publish(first, 5);
        awaitDone(5);
        await().atMost(SOON).until(() -> committed(first) == 5);

        application.freeze();
        recreateTopic();
        publish(first, 9);
        application.thaw();

        awaitDone(5 + 9);
        assertThat(application.output()).containsOnlyOnce("The topic of " + first + " was deleted and created again");
        await().atMost(SOON).until(() -> committed(first) == 9);
    }

    @Test
    void shouldFollowAnOperatorWhoSetsTheOffsetAndTellWhatThatPassesOver() throws Exception {
        // Given
        givenDone(2);
        publish(first, 6);
        setOffset(6);

        // When
        start();

        // Then
        awaitDone(2 + 2);
        assertThat(application.output())
                .containsOnlyOnce("Something other than Errand moved the committed offset of " + first
                        + " forward: 4 records are skipped, offsets 2 to 5");
        await().atMost(SOON).until(() -> committed(first) == 8);
        application.close();
        setOffset(1);
        start();
        awaitDone(2 + 2 + 4);
        assertThat(application.output()).doesNotContain("are skipped").doesNotContain("MySQL has lost");
    }

    @Test
    void shouldReadOnWhereALogWasCutWhileNobodyRead() throws Exception {
        givenDone(10);
        assertThat(commit(first).leaderEpoch()).as("told to Kafka").isPresent();

        KAFKA.kill();
        cutLog(6);
        KAFKA.start();
        publish(first, 9);
        start();

        awaitDone(10 + 9);
        assertThat(application.output()).contains("The log of " + first + " was truncated: Kafka lost 4 records");
        await().atMost(SOON).until(() -> committed(first) == 15);
    }

    @Test
    void shouldHoldThePartitionAndNoOtherUntilAnOperatorAcceptsTheGap() throws Exception {
        // Given
        givenDone(3);
        publish(first, 10);
        delete(7);
        start(Map.of("errand.on-gap", "stop"));
        publish(second, 5);

        // Then
        awaitDone(3 + 5);
        await().atMost(SOON).until(() -> ready().contains("\"held\": \"" + first + "\""));
        assertThat(metrics()).contains("errand_held_partitions 1.0");
        assertThat(committed(first)).isEqualTo(3);
        application.close();
        start(Map.of("errand.on-gap", "stop"));
        await().atMost(SOON).until(() -> ready().contains("\"held\": \"" + first + "\""));
        assertThat(done()).as("held through restarts").isEqualTo(8);

        // When
        accept();

        // Then
        awaitDone(3 + 5 + 6);
        await().atMost(SOON).until(() -> committed(first) == 13);
        assertThat(ready()).doesNotContain("held");
    }

    @Test
    void shouldTellWhileNoProcessTakesActions() throws Exception {
        givenDone(3);
        publish(first, 10);
        delete(7);

        start(Map.of("errand.intake.enabled", "false"));

        await().atMost(SOON).until(() -> application
                .output()
                .contains("Kafka deleted 4 records of " + first + " before they were read"));
        application.close();
        start();
        awaitDone(3 + 6);
        assertThat(application.output()).as("told before").doesNotContain("before they were read");
    }

    @Test
    void shouldNotCreateATopic() throws Exception {
        admin.deleteTopics(List.of(topic)).all().get();
        await().atMost(SOON).until(() -> !topics().contains(topic));

        start();

        await().during(Duration.ofSeconds(3)).atMost(SOON).until(() -> !topics().contains(topic));
        createTopic();
        publish(first, 2);
        awaitDone(2);
    }

    private List<String> topics() throws Exception {
        return List.copyOf(admin.listTopics().names().get());
    }

    /** Publishes records, waits until they are done and committed, and stops the application. */
    private void givenDone(int records) throws Exception {
        start();
        publish(first, records);
        awaitDone(records);
        await().atMost(SOON).until(() -> committed(first) == records);
        application.close();
    }

    private void start() {
        start(Map.of());
    }

    private void start(Map<String, String> more) {
        var configuration = new HashMap<>(Application.reaching(KAFKA.bootstrapServers(), MY_SQL.jdbcUrl()));
        configuration.put("errand.topics", topic);
        configuration.put("errand.group", topic);
        configuration.put("errand.metrics.sample-interval", "1s");
        configuration.put("mp.messaging.incoming.user-actions.metadata.max.age.ms", "2000");
        configuration.putAll(more);
        application = Application.start(directory.resolve(newId() + ".log"), List.of("-Xmx256m"), configuration)
                .awaitReady();
    }

    private void createTopic() throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
    }

    private void recreateTopic() throws Exception {
        admin.deleteTopics(List.of(topic)).all().get();
        await().atMost(SOON).until(() -> !topics().contains(topic));
        createTopic();
    }

    private ProducerRecord<String, String> record(TopicPartition at, String payload) {
        var user = topic + "-" + at.partition();
        return new ProducerRecord<>(topic, at.partition(), user, json(newId(), "gap.test", user, payload));
    }

    /** Publishes one by one, so that each record is a batch of its own in the log. */
    private void publish(TopicPartition at, int records) {
        IntStream.range(0, records).forEach(i -> publisher.publish(record(at, "{}")));
    }

    private void delete(long before) throws Exception {
        admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(before)))
                .all()
                .get();
    }

    private void setOffset(long offset) throws Exception {
        admin.alterConsumerGroupOffsets(topic, Map.of(first, new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    /** Truncates the log, as an unclean leader election does. */
    private void cutLog(long from) throws IOException {
        var partition = KAFKA.data().resolve(first.toString());
        var log = partition.resolve("00000000000000000000.log");
        try (var channel = FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var header = ByteBuffer.allocate(12);
            long position = 0;
            while (channel.read(header.clear(), position) == 12 && header.getLong(0) < from) {
                position += 12 + header.getInt(8);
            }
            channel.truncate(position);
        }
        try (var files = Files.newDirectoryStream(partition, "*.{index,timeindex,snapshot}")) {
            for (var file : files) {
                Files.delete(file);
            }
        }
    }

    private void awaitDone(long actions) {
        await().atMost(SOON).until(() -> done() == actions);
    }

    private long done() {
        return DATABASE.number("SELECT COUNT(*) FROM user_action WHERE topic = ?", topic);
    }

    private List<Long> offsetsDone() {
        return DATABASE.rows(
                "SELECT `offset` FROM user_action WHERE topic = ? ORDER BY `offset`", row -> row.getLong(1), topic);
    }

    private long gap(String column) {
        return DATABASE.number("SELECT " + column + " FROM offset_gap WHERE topic = ?", topic);
    }

    private void accept() {
        var id = DATABASE.number("SELECT seq FROM offset_gap WHERE topic = ?", topic);
        post("/api/consumer/gaps/" + id + "/accept", "{\"reason\":\"a test\"}");
    }

    private void post(String path, String body) {
        People.operator()
                .contentType("application/json")
                .body(body)
                .post(application.url() + path)
                .then()
                .statusCode(equalTo(200));
    }

    private String ready() {
        return given().get(application.managementUrl() + "/q/health/ready").asString();
    }

    private String metrics() {
        return given().get(application.managementUrl() + "/q/metrics").asString();
    }

    private OffsetAndMetadata commit(TopicPartition at) throws Exception {
        return KafkaAdmin.committed(admin, topic).get(at);
    }

    private long committed(TopicPartition at) throws Exception {
        var commit = commit(at);
        return commit == null ? -1 : commit.offset();
    }
}
