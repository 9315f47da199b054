package dev.errand.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.action.ActionKey;
import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.engine.ledger.LedgerKey;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile records by the thousand: each is applied, a duplicate, or dead with a reason; {@code -Dchaos.seed} repeats them. */
@Tag("long")
class HostileIT {

    private final int records = Integer.getInteger("chaos.hostile");
    private final long seed = Long.getLong("chaos.seed", System.nanoTime());

    @TempDir
    Path directory;

    private final KafkaServer kafka = Servers.kafka();
    private final MySqlServer mySql = Servers.mySql();
    private Application application;
    private Database database;

    @BeforeEach
    void start() {
        kafka.start();
        mySql.start();
        database = Database.at(mySql::jdbcUrl);
        var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
        // So that no action is blocked by a dead one.
        configuration.put("errand.dead-letter.on-dead", "skip");
        application = Application.start(directory.resolve("application.log"), List.of("-Xmx160m"), configuration)
                .awaitReady();
    }

    @AfterEach
    void stop() {
        application.close();
        kafka.close();
        mySql.close();
    }

    @Test
    void shouldAccountForEveryHostileRecord() throws Exception {
        // Given
        System.out.printf("%d hostile records with seed %d%n", records, seed);
        var sent = new ConcurrentHashMap<String, Optional<ActionKey>>();

        // When
        publish(sent);
        long memory = application.residentBytes();

        await().atMost(Duration.ofMinutes(2).plusMillis(3L * records))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    assertThat(application.isAlive()).as(application.output()).isTrue();
                    return committed() == records;
                });

        // Then
        assertThat(missing(sent)).isEmpty();
        // The first measurement was taken during the work: a leak of a few bytes for each record would show.
        assertThat(application.residentBytes()).as("memory, from %d", memory).isLessThan(memory * 3 / 2);
        var tally = new TreeMap<String, Integer>();
        database.rows(
                "SELECT COALESCE(error_message, '') FROM parked_action WHERE state = 'DEAD'",
                row -> tally.merge(
                        row.getString(1).replaceAll("[\"(:;].*", "").replaceAll("\\d+", "N"), 1, Integer::sum));
        assertThat(tally).as("reasons").doesNotContainKey("").hasSizeGreaterThan(10);
        assertThat(database.number("SELECT COUNT(*) FROM parked_action WHERE state <> 'DEAD'"))
                .isZero();
        assertThat(database.number("""
                        SELECT COUNT(*) FROM parked_action
                        WHERE error_class NOT IN ('Unreadable', 'Conflicting', 'dev.errand.handler.NonRetryableException')"""))
                .as("nobody's own fault was taken for an action's")
                .isZero();
        assertThat(application.output())
                .doesNotContain("OutOfMemoryError")
                .doesNotContain("an internal error of Errand");
        assertThat(database.number("SELECT COUNT(*) FROM user_action WHERE processed_at IS NOT NULL"))
                .isEqualTo(database.number("SELECT SUM(action_count) FROM user_activity"));
        System.out.printf("%d hostile records with seed %d: %s%n", records, seed, tally);
    }

    /** @param sent receives the positions of all records with the identities that they claim */
    private void publish(Map<String, Optional<ActionKey>> sent) throws Exception {
        var hostile = new Hostile(seed, Actions.TOPIC);
        Map<String, Object> config = Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 5);
        var failed = new AtomicReference<Exception>();
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                var record = hostile.next();
                var claimed = keyOf(record);
                producer.send(record, (where, failure) -> {
                    if (failure == null) {
                        sent.put(where.partition() + "@" + where.offset(), claimed);
                    } else {
                        failed.set(failure);
                    }
                });
            }
        }
        if (failed.get() != null) {
            throw failed.get();
        }
        assertThat(sent).hasSize(records);
    }

    private long committed() throws Exception {
        return KafkaAdmin.committedSum(kafka.bootstrapServers());
    }

    /** The positions of records that are neither in the ledger nor dead nor duplicates of actions in the ledger. */
    private List<String> missing(Map<String, Optional<ActionKey>> sent) {
        var missing = new HashMap<>(sent);
        database.rows(
                "SELECT CONCAT(`partition`, '@', `offset`) FROM user_action WHERE processed_at IS NOT NULL",
                row -> missing.remove(row.getString(1)));
        database.rows(
                "SELECT CONCAT(`partition`, '@', `offset`) FROM parked_action WHERE state = 'DEAD'",
                row -> missing.remove(row.getString(1)));
        missing.values().removeIf(claimed -> claimed.filter(key ->
                        database.number("SELECT COUNT(*) FROM user_action WHERE action_key = ?", LedgerKey.of(key))
                                == 1)
                .isPresent());
        return List.copyOf(missing.keySet());
    }

    /** The identity that a record claims, whatever else is wrong with it. */
    private static Optional<ActionKey> keyOf(ProducerRecord<byte[], byte[]> record) {
        var contentType = header(record, "content-type").orElse("");
        var structured = contentType.toLowerCase(Locale.ROOT).startsWith("application/cloudevents");
        if (!structured && header(record, "ce_id").isPresent()) {
            return Optional.of(new ActionKey(
                    header(record, "ce_source").orElse(""),
                    header(record, "ce_id").get()));
        }
        try {
            var json = new ObjectMapper().readTree(record.value() == null ? new byte[0] : record.value());
            return Optional.of(
                    new ActionKey(json.path("source").asText(), json.path("id").asText()));
        } catch (IOException notEvenJson) {
            return Optional.empty();
        }
    }

    private static Optional<String> header(ProducerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }
}
