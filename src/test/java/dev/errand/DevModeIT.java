package dev.errand;

import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.ProjectCopy;
import dev.errand.testsupport.Publisher;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, as a newcomer types it, on a copy of the project. */
class DevModeIT {

    private static final Duration STARTED_WITHIN = Duration.ofMinutes(3);

    /** The log says so when Errand has started. */
    private static final String READY = "Errand is ready.";

    private static final Pattern CONSOLE = Pattern.compile("The console: (http://127\\.0\\.0\\.1:\\d+/console)\n");
    private static final Pattern PUBLISH = Pattern.compile("\n  (echo .* \\| kcat .*)\n");
    private static final Pattern KAFKA = Pattern.compile("\\| kcat -P -b (127\\.0\\.0\\.1:\\d+) ");
    private static final Pattern FORM = Pattern.compile("\n  (\\{.*})\n");
    private static final Pattern MYSQL = Pattern.compile("\n  mysql --protocol=tcp -h 127\\.0\\.0\\.1 -P (\\d+)"
            + " -u errand -perrand errand -e 'SELECT \\* FROM loyalty_account'\n");
    private static final Pattern CHANGE = Pattern.compile("hot reload: in (\\S+) change (.+) to (.+),\n");
    private static final String END = "it gives 125 points where the first one gave 12.";

    private static final Pattern COMPLAINT = Pattern.compile("^\\d{4}-.* (WARN|ERROR) .*");

    @TempDir
    Path directory;

    private ProjectCopy project;
    private Process dev;
    private Path log;

    @BeforeEach
    void startOnACopy() throws IOException {
        project = new ProjectCopy(
                directory.resolve("project"), List.of("pom.xml", "mvnw", ".mvn", "src/main", "src/examples"));
        log = directory.resolve("log");
        dev = project.mvnw(
                log, List.of("-Ddebug=false", "-Dquarkus.http.port=0", "-Dquarkus.management.port=0", "quarkus:dev"));
    }

    @AfterEach
    void end() throws InterruptedException {
        dev.destroy();
        if (!dev.waitFor(20, TimeUnit.SECONDS)) {
            dev.descendants().forEach(ProcessHandle::destroyForcibly);
            dev.destroyForcibly();
        }
    }

    @Test
    void shouldDoWhatItsLogSaysTakeAChangedHandlerAndLeaveNothingBehind() throws Exception {
        awaitLog(READY, STARTED_WITHIN);
        awaitLog(END, SOON);
        assertThat(output().strip()).as("the log's end").endsWith(END);
        var url = "jdbc:mysql://127.0.0.1:" + logged(MYSQL) + "/errand?sslMode=DISABLED&allowPublicKeyRetrieval=true";
        var database = Database.at(() -> url);
        try (var publisher = new Publisher(logged(KAFKA))) {
            publishAsPrinted(publisher);
            await().atMost(SOON).until(() -> points(database) == 12);
            publisher.publish(new ProducerRecord<>(Actions.TOPIC, "u-42", logged(FORM)));
            await().atMost(SOON).until(() -> points(database) == 24);
            await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);
            assertThat(output().lines())
                    .as("a healthy start, and the first actions with their events")
                    .noneMatch(COMPLAINT.asMatchPredicate())
                    .noneMatch(line -> line.contains("flyway"));

            var console = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(logged(CONSOLE))).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(console.statusCode())
                    .as("who sits at the machine needs no log-in")
                    .isEqualTo(200);
            assertThat(console.body()).contains("<h1>Overview</h1>", "developer");

            var change = matched(CHANGE);
            var handler = project.file(change.group(1));
            assertThat(Files.readString(handler)).containsOnlyOnce(change.group(2));
            Files.writeString(handler, Files.readString(handler).replace(change.group(2), change.group(3)));
            Files.writeString(
                    project.file("src/main/resources/application.properties"),
                    "\nerrand.demo.rate=20\n",
                    StandardOpenOption.APPEND);
            // Quarkus looks for changes when an action arrives, once in two seconds at most.
            await().atMost(SOON).pollInterval(Duration.ofSeconds(3)).until(() -> {
                publisher.publish(order("u-2", 1000));
                return output().contains("Live reload total time");
            });
            publishAsPrinted(publisher);
            await().atMost(SOON).until(() -> points(database) == 24 + 125);

            await().atMost(SOON)
                    .until(() ->
                            database.number("SELECT COUNT(*) FROM user_activity WHERE user_id LIKE 'demo-%'") > 20);
        }
        assertThat(output()).as("said once: what it says holds after a reload").containsOnlyOnce(READY);

        var left = dev.descendants().toList();
        dev.destroy();

        assertThat(dev.waitFor(30, TimeUnit.SECONDS)).isTrue();
        await().atMost(SOON).until(() -> left.stream().noneMatch(ProcessHandle::isAlive));
        await().atMost(SOON).until(() -> temporaryDirectoriesOf(left).isEmpty());
    }

    /** Runs the command that the log prints. Without kcat the tests' own producer publishes: a build needs nothing but a JDK. */
    private void publishAsPrinted(Publisher publisher) throws Exception {
        var command = logged(PUBLISH);
        if (exitCode("command -v kcat") == 0) {
            assertThat(exitCode(command)).as(Files.readString(shellLog())).isZero();
        } else {
            publisher.publish(order("u-42", 1250));
        }
    }

    private int exitCode(String command) throws Exception {
        var shell = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(shellLog().toFile())
                .start();
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).as(command).isTrue();
        return shell.exitValue();
    }

    private Path shellLog() {
        return directory.resolve("shell.log");
    }

    private static List<Path> temporaryDirectoriesOf(List<ProcessHandle> owners) throws IOException {
        var prefixes =
                owners.stream().map(owner -> "errand-" + owner.pid() + "-").toList();
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(each ->
                            prefixes.stream().anyMatch(each.getFileName().toString()::startsWith))
                    .toList();
        }
    }

    private static long points(Database database) {
        return database.number("SELECT COALESCE(SUM(points), 0) FROM loyalty_account WHERE user_id = 'u-42'");
    }

    private void awaitLog(String text, Duration atMost) {
        await().atMost(atMost).until(() -> {
            assertThat(dev.isAlive()).as(output()).isTrue();
            return output().contains(text);
        });
    }

    private String logged(Pattern pattern) {
        return matched(pattern).group(1);
    }

    private MatchResult matched(Pattern pattern) {
        var matcher = pattern.matcher(output());
        assertThat(matcher.find()).as("%s in %s", pattern, output()).isTrue();
        return matcher.toMatchResult();
    }

    private String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
