package dev.errand.chaos;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.KafkaAdmin;
import dev.errand.testsupport.ProjectCopy;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some actions among those of 200 users kill the process that runs them. The application is built with a handler that does so.
 * Three processes run, and one that dies is started again, as a platform does.
 */
@Tag("long")
class KillingActionIT {

    private static final Duration LONG = Duration.ofMinutes(4);
    private static final int USERS = 200;
    private static final int ACTIONS_OF_USER = 5;

    private static final String HANDLER = """
            package org.example;

            import dev.errand.action.Action;
            import dev.errand.handler.ActionHandler;
            import dev.errand.handler.Handles;
            import jakarta.enterprise.context.ApplicationScoped;
            import java.util.ArrayList;
            import java.util.List;

            @Handles("kill")
            @ApplicationScoped
            class KillHandler implements ActionHandler<KillHandler.Kill> {

                record Kill(String by) {}

                @Override
                public void handle(Action<Kill> action) {
                    var by = action.payload().by();
                    if (by.equals("halt")) {
                        Runtime.getRuntime().halt(9);
                    } else if (by.equals("exit")) {
                        System.exit(9);
                    } else if (by.equals("allocate")) {
                        List<byte[]> all = new ArrayList<>();
                        while (all.size() < Integer.MAX_VALUE) {
                            all.add(new byte[1 << 20]);
                        }
                        throw new IllegalStateException("There is too much memory: " + all.size() + " MiB");
                    } else if (Thread.currentThread().getName().startsWith("errand-worker")) {
                        throw new IllegalStateException("not now");
                    } else {
                        Runtime.getRuntime().halt(9);
                    }
                }
            }
            """;

    @TempDir
    static Path built;

    private static Path jar;

    @TempDir
    Path directory;

    private final KafkaServer kafka = Servers.kafka();
    private final MySqlServer mySql = Servers.mySql();
    private final List<Application> processes = new ArrayList<>();
    private final Map<String, String> configuration = new HashMap<>();
    private Database database;
    private Publisher publisher;
    private int deaths;

    @BeforeAll
    static void build() throws Exception {
        var project = new ProjectCopy(built.resolve("project"), List.of("pom.xml", "mvnw", ".mvn", "src/main"));
        var handler = project.file("src/main/java/org/example/KillHandler.java");
        Files.createDirectories(handler.getParent());
        Files.writeString(handler, HANDLER);
        var log = built.resolve("log");
        var maven = project.mvnw(log, List.of("-o", "-q", "package", "-Dmaven.test.skip=true"));
        try {
            assertThat(maven.waitFor(10, TimeUnit.MINUTES)).as("it ends").isTrue();
            assertThat(maven.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            maven.descendants().forEach(ProcessHandle::destroyForcibly);
            maven.destroyForcibly();
        }
        jar = project.file("target/quarkus-app/quarkus-run.jar");
    }

    @BeforeEach
    void start() {
        kafka.start();
        mySql.start();
        database = Database.at(mySql::jdbcUrl);
        publisher = new Publisher(kafka.bootstrapServers());
        configuration.putAll(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl()));
        configuration.put("mp.messaging.incoming.user-actions.session.timeout.ms", "6000");
        configuration.put("mp.messaging.incoming.user-actions.heartbeat.interval.ms", "1000");
        configuration.put("errand.intake.drain-timeout", "2s");
        configuration.put("errand.retry.attempts-in-memory", "1");
        configuration.put("errand.retry.first-delay", "1s");
        configuration.put("quarkus.transaction-manager.default-transaction-timeout", "10s");
    }

    @AfterEach
    void stop() {
        publisher.close();
        processes.forEach(Application::kill);
        kafka.close();
        mySql.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"halt", "exit", "allocate"})
    void shouldKeepAsDeadWhatKillsItsProcessAndDoAllOthers(String by) throws Exception {
        // Given
        publisher.publish(actions(List.of("guilty"), by));

        // When
        startProcesses();
        awaitOthersDone();
        awaitDead(List.of("guilty"));

        // Then
        assertThat(deaths).isBetween(2, 4);
        assertThat(messages("guilty"))
                .containsExactly("its last 3 deliveries never ended: their processes died or hung");
        // The user's later actions wait behind it.
        awaitUntil(() -> database.texts("SELECT state FROM parked_action WHERE user_id = 'guilty' ORDER BY seq")
                .equals(List.of("DEAD", "WAITING", "WAITING")));
        assertThat(database.number("SELECT COUNT(*) FROM parked_action WHERE user_id <> 'guilty'"))
                .as("nobody else is blamed")
                .isZero();
        assertThat(database.number("SELECT SUM(action_count) FROM user_activity WHERE user_id <> 'guilty'"))
                .isEqualTo(USERS * ACTIONS_OF_USER);
        awaitCommittedToTheEnd();
        awaitNoOthersUnended();
    }

    @Test
    void shouldLetTheUsersLaterActionsPassWhereThatIsConfigured() throws Exception {
        configuration.put("errand.dead-letter.on-dead", "skip");
        publisher.publish(actions(List.of("guilty"), "halt"));

        startProcesses();
        awaitOthersDone();
        awaitDead(List.of("guilty"));
        awaitUntil(() -> done("= 'guilty'") == 3);

        assertThat(deaths).isLessThanOrEqualTo(4);
        awaitCommittedToTheEnd();
    }

    /** A publisher that makes such a mistake usually makes it several times. */
    @Test
    void shouldBlameNobodyElseWhereSeveralKillTheirProcesses() throws Exception {
        var guilty = List.of("guilty-1", "guilty-2", "guilty-3");
        publisher.publish(actions(guilty, "halt"));

        startProcesses();
        awaitOthersDone();
        awaitDead(guilty);

        assertThat(deaths).isLessThanOrEqualTo(guilty.size() * 4);
        assertThat(database.number("SELECT COUNT(*) FROM parked_action WHERE user_id NOT LIKE 'guilty%'"))
                .isZero();
        awaitCommittedToTheEnd();
        awaitNoOthersUnended();
    }

    @Test
    void shouldEndTheScheduleOfAnActionThatKillsItsProcessThen() throws Exception {
        publisher.publish(actions(List.of("guilty"), "later"));

        startProcesses();
        awaitOthersDone();
        awaitDead(List.of("guilty"));

        assertThat(deaths).isBetween(3, 4);
        assertThat(messages("guilty")).containsExactly("its last 3 attempts never ended: their processes died or hung");
        assertThat(database.number("SELECT COUNT(*) FROM parked_action WHERE user_id <> 'guilty'"))
                .isZero();
        awaitCommittedToTheEnd();
    }

    /** The second action of each guilty user kills the process. It stands in the middle of the other users' actions. */
    private static List<ProducerRecord<String, String>> actions(List<String> guilty, String by) {
        List<ProducerRecord<String, String>> all = new ArrayList<>();
        for (int i = 0; i < ACTIONS_OF_USER; i++) {
            for (int user = 0; user < USERS; user++) {
                all.add(record(newId(), "note", "u-" + user, "{}"));
                if (user == 25 && i > 0) {
                    for (var each : guilty) {
                        all.add(
                                i == 2
                                        ? record(newId(), "kill", each, "{\"by\":\"" + by + "\"}")
                                        : record(newId(), "note", each, "{}"));
                    }
                }
            }
        }
        return all;
    }

    private void startProcesses() {
        // The first process migrates the schema.
        processes.add(startProcess().awaitReady());
        processes.add(startProcess());
        processes.add(startProcess());
    }

    private Application startProcess() {
        return Application.start(
                jar,
                directory.resolve("application-" + newId() + ".log"),
                List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                configuration,
                Map.of());
    }

    /** Waits, and meanwhile restarts processes that have died, as a platform does. */
    private void awaitUntil(Callable<Boolean> condition) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> {
            for (int i = 0; i < processes.size(); i++) {
                if (!processes.get(i).isAlive()) {
                    deaths++;
                    processes.set(i, startProcess());
                }
            }
            return condition.call();
        });
    }

    private void awaitOthersDone() {
        awaitUntil(() -> done("NOT LIKE 'guilty%'") == USERS * ACTIONS_OF_USER);
    }

    private void awaitDead(List<String> users) {
        awaitUntil(() -> users.stream()
                .allMatch(user ->
                        database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ? AND state = 'DEAD'", user)
                                == 1));
    }

    private void awaitNoOthersUnended() {
        awaitUntil(() -> database.number("SELECT COUNT(*) FROM unfinished_record WHERE deliveries < 3") == 0);
    }

    private void awaitCommittedToTheEnd() {
        awaitUntil(() -> {
            try (var admin = KafkaAdmin.of(kafka.bootstrapServers())) {
                var committed = KafkaAdmin.committed(admin, KafkaAdmin.GROUP);
                return KafkaAdmin.ends(admin, Actions.TOPIC).entrySet().stream()
                        .allMatch(end -> committed.containsKey(end.getKey())
                                && committed.get(end.getKey()).offset() == end.getValue());
            }
        });
    }

    private long done(String users) {
        return database.number("SELECT COUNT(*) FROM user_action WHERE processed_at IS NOT NULL AND user_id " + users);
    }

    private List<String> messages(String user) {
        return database.texts("SELECT error_message FROM parked_action WHERE user_id = ? AND state = 'DEAD'", user);
    }
}
