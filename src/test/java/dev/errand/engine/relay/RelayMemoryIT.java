package dev.errand.engine.relay;

import static dev.errand.testsupport.Actions.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application publishes large events and dead actions that are together several times as large as its heap. */
@Tag("long")
class RelayMemoryIT {

    private static final Duration SOON = Duration.ofSeconds(120);
    private static final int EIGHT_MEGABYTES = 8 << 20;
    private static final int ROWS = 40;

    @TempDir
    Path directory;

    @Test
    void shouldPublishWhatIsLargerThanItsMemoryAndReadNothingThatCantBePublished() throws Exception {
        // Given
        try (KafkaServer kafka = Servers.kafka();
                MySqlServer mySql = Servers.mySql();
                var admin = started(kafka, mySql)) {
            var database = Database.at(mySql::jdbcUrl);
            var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
            var migration = new HashMap<>(configuration);
            migration.putAll(Map.of("quarkus.init-and-exit", "true", "errand.intake.enabled", "false"));
            try (var job = start(migration)) {
                assertThat(job.awaitEnd(SOON)).isTrue();
            }
            admin.createTopics(List.of(
                            new NewTopic("errand-events", 1, (short) 1)
                                    .configs(Map.of("max.message.bytes", "10000000")),
                            new NewTopic("dead", 1, (short) 1).configs(Map.of("max.message.bytes", "10000000"))))
                    .all()
                    .get();
            for (int row = 0; row < ROWS; row++) {
                // Every tenth is twice as large as its topic allows.
                var bytes = row % 10 == 5 ? 2 * EIGHT_MEGABYTES : EIGHT_MEGABYTES;
                database.execute("""
                        INSERT INTO outbox_event (id, user_id, type, payload, cause_source, cause_id, occurred_at)
                        VALUES ('e-%1$d', 'u-%1$d', 'a.b', CONCAT('"', REPEAT('x', %2$d), '"'), '', '1', '2026-11-22')""".formatted(row, bytes));
                database.execute("""
                        INSERT INTO parked_action
                          (state, blocking, topic, `partition`, `offset`, record_timestamp, record_value, record_headers,
                           fingerprint, attempts, history, to_publish)
                        VALUES ('DEAD', 0, 't', 0, %1$d, 0, REPEAT('x', %2$d), '[]', REPEAT('x', 32), 0, '[]', 1)""".formatted(row, bytes));
            }
            configuration.put("errand.dead-letter.topic", "dead");

            // When
            try (var application = start(configuration).awaitReady()) {
                await().atMost(SOON).until(() -> {
                    assertThat(application.isAlive()).as(application.output()).isTrue();
                    return database.number("SELECT COUNT(*) FROM parked_action WHERE to_publish = 1") == 0
                            && database.number("SELECT COUNT(*) FROM outbox_event WHERE quarantined_at IS NULL") == 0;
                });

                // Then
                assertThat(application.output()).doesNotContain("can't be published yet");
            }
            assertThat(database.number("SELECT COUNT(*) FROM outbox_event")).isEqualTo(ROWS / 10);
            assertThat(database.number("SELECT COUNT(*) FROM parked_action WHERE letter_quarantined_at IS NOT NULL"))
                    .isZero();
            assertThat(KafkaAdmin.ends(admin, "errand-events").values()).containsExactly(ROWS - ROWS / 10L);
            assertThat(KafkaAdmin.ends(admin, "dead").values()).containsExactly((long) ROWS);

            shouldKeepAllWhileKafkaIsAway(kafka, database, configuration);
            assertThat(KafkaAdmin.ends(admin, "errand-events").values()).containsExactly(ROWS - ROWS / 10L + 3);
            assertThat(KafkaAdmin.ends(admin, "dead").values()).containsExactly((long) ROWS);
        }
    }

    private void shouldKeepAllWhileKafkaIsAway(
            KafkaServer kafka, Database database, Map<String, String> configuration) {
        database.execute("DELETE FROM outbox_event");
        try (var application = start(configuration).awaitReady()) {
            kafka.kill();
            database.execute("""
                    INSERT INTO outbox_event (id, user_id, type, payload, cause_source, cause_id, occurred_at)
                    VALUES ('1', 'u', 'a.b', '1', '', '1', '2026-11-22'), ('2', 'u', 'a.b', '2', '', '1', '2026-11-22'),
                           ('3', 'v', 'a.b', '3', '', '1', '2026-11-22')""");
            await().atMost(SOON)
                    .until(() -> application.output().contains("The events that wait can't be published yet"));
            assertThat(database.number("SELECT COUNT(*) FROM outbox_event WHERE quarantined_at IS NULL"))
                    .isEqualTo(3);

            kafka.start();

            await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);
        }
    }

    private static Admin started(KafkaServer kafka, MySqlServer mySql) {
        kafka.start();
        mySql.start();
        return KafkaAdmin.of(kafka.bootstrapServers());
    }

    private Application start(Map<String, String> configuration) {
        return Application.start(
                directory.resolve("application-" + newId() + ".log"), List.of("-Xmx160m"), configuration);
    }
}
