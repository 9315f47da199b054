package dev.errand;

import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a healthy start of the production artifact contains no warnings. */
class HealthyStartIT {

    private static final Path ARTIFACT = Path.of(System.getProperty("errand.test.artifact"));
    private static final KafkaServer KAFKA = Servers.kafka();
    private static final MySqlServer MY_SQL = Servers.mySql();

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        KAFKA.start();
        MY_SQL.start();
    }

    @AfterAll
    static void stop() {
        KAFKA.close();
        MY_SQL.close();
    }

    @Test
    void shouldWarnOfNothingAndTellOnceThatItHasMigrated() {
        assertThat(logOfAStart("first"))
                .anyMatch(line -> line.contains("The schema was migrated: db/errand is now at version "))
                .noneMatch(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .noneMatch(line -> line.contains("[org.flywaydb"));

        assertThat(logOfAStart("second"))
                .noneMatch(line -> line.contains("The schema was migrated"))
                .noneMatch(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .noneMatch(line -> line.contains("[org.flywaydb"));
    }

    /** The log until the first action is done. */
    private List<String> logOfAStart(String name) {
        var database = Database.at(MY_SQL::jdbcUrl);
        var user = newUser();
        try (var application = Application.start(
                                ARTIFACT,
                                directory.resolve(name + ".log"),
                                List.of("-Xmx256m"),
                                Application.reaching(KAFKA.bootstrapServers(), MY_SQL.jdbcUrl()),
                                Map.of())
                        .awaitReady();
                var publisher = new Publisher(KAFKA.bootstrapServers())) {
            publisher.publish(order(user, 100));
            await().atMost(SOON).until(() -> database.recorded(user) == 1);
            return application.output().lines().toList();
        }
    }
}
