package dev.errand.chaos;

import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Schema;
import dev.errand.testsupport.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application with SQL handlers starts while MySQL is unavailable. */
@Tag("long")
class SqlHandlersAtStartIT {

    @TempDir
    Path directory;

    private final KafkaServer kafka = Servers.kafka();
    private final MySqlServer mySql = Servers.mySql();
    private Database database;
    private Publisher publisher;

    @BeforeEach
    void start() {
        kafka.start();
        mySql.start();
        Schema.create(mySql);
        database = Database.at(mySql::jdbcUrl);
        database.execute("CREATE TABLE given_points (user_id VARCHAR(191) PRIMARY KEY, points BIGINT NOT NULL)");
        mySql.kill();
        publisher = new Publisher(kafka.bootstrapServers());
    }

    @AfterEach
    void stop() {
        publisher.close();
        kafka.close();
        mySql.close();
    }

    private Application started(String yaml) throws Exception {
        var file = Files.writeString(directory.resolve("handlers.yaml"), yaml);
        var configuration = new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
        configuration.put("quarkus.flyway.migrate-at-start", "false");
        configuration.put("errand.sql-handlers", file.toString());
        return Application.start(directory.resolve("application.log"), List.of("-Xmx256m"), configuration);
    }

    @Test
    void shouldWaitForMySqlAndThenDoWhatWaits() throws Exception {
        var user = newUser();
        try (var application = started("""
                - type: points.given
                  statements:
                    - INSERT INTO given_points (user_id, points) VALUES (:userId, 3)
                """)) {
            application.awaitReady();
            publisher.publish(record(user, "points.given", user, "{}"));

            mySql.start();

            await().atMost(SOON)
                    .until(() -> database.number("SELECT COUNT(*) FROM given_points WHERE user_id = ?", user) == 1);
        }
    }

    @Test
    void shouldEndBeforeItTakesAnActionWhenMySqlRefusesAStatement() throws Exception {
        var user = newUser();
        publisher.publish(record(user, "points.given", user, "{}"));
        try (var application = started("- {type: points.given, statements: [DELETE FROM no_such]}")) {
            application.awaitReady();

            mySql.start();

            assertThat(application.awaitEnd(SOON)).isTrue();
            assertThat(application.exitCode()).isNotZero();
            assertThat(application.output()).contains("handlers.yaml, line 1: MySQL does not accept the statement");
            assertThat(database.number("SELECT COUNT(*) FROM user_action")).isZero();
        }
    }
}
