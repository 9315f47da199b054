package dev.errand;

import static dev.errand.testsupport.Actions.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, as a newcomer types it, on a copy of the project. */
class DevModeIT {

    private static final Duration STARTED_WITHIN = Duration.ofMinutes(3);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern KAFKA =
            Pattern.compile("embedded Kafka dev service is ready .* on (127\\.0\\.0\\.1:\\d+)");
    private static final Pattern MYSQL = Pattern.compile("embedded MySQL dev service is ready .* on (jdbc:mysql:\\S+)");

    private static final Pattern LISTENING = Pattern.compile("Listening on: (http://127\\.0\\.0\\.1:\\d+)");

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
                log,
                List.of(
                        "-Ddebug=false",
                        "-Dquarkus.http.port=0",
                        "-Dquarkus.management.port=0",
                        "-Derrand.demo.rate=20",
                        "quarkus:dev"));
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
    void shouldHandleActionsTakeAChangedHandlerAndLeaveNothingBehind() throws Exception {
        awaitLog("Installed features", STARTED_WITHIN);
        var url = logged(MYSQL);
        var database = Database.at(() -> url);
        try (var publisher = new Publisher(logged(KAFKA))) {
            publisher.publish(order("u-1", 1000));
            await().atMost(SOON).until(() -> points(database) == 10);

            var console = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(logged(LISTENING) + "/console"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(console.statusCode())
                    .as("who sits at the machine needs no log-in")
                    .isEqualTo(200);
            assertThat(console.body()).contains("<h1>Overview</h1>", "developer");

            await().atMost(SOON)
                    .until(() ->
                            database.number("SELECT COUNT(*) FROM user_activity WHERE user_id LIKE 'demo-%'") > 20);

            var handler = project.file("src/examples/java/dev/errand/examples/LoyaltyAccount.java");
            Files.writeString(handler, Files.readString(handler).replace("cents / 100", "cents / 10"));
            // Quarkus looks for changes when an action arrives, once in two seconds at most.
            await().atMost(SOON).pollInterval(Duration.ofSeconds(3)).until(() -> {
                publisher.publish(order("u-2", 1000));
                return output().contains("Live reload total time");
            });
            publisher.publish(order("u-1", 1000));
            await().atMost(SOON).until(() -> points(database) == 110);
        }
        assertThat(logged(MYSQL)).as("the server survived the reload").isEqualTo(url);

        var left = dev.descendants().toList();
        dev.destroy();

        assertThat(dev.waitFor(30, TimeUnit.SECONDS)).isTrue();
        await().atMost(SOON).until(() -> left.stream().noneMatch(ProcessHandle::isAlive));
        await().atMost(SOON).until(() -> temporaryDirectoriesOf(left).isEmpty());
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
        return database.number("SELECT COALESCE(SUM(points), 0) FROM loyalty_account WHERE user_id = 'u-1'");
    }

    private void awaitLog(String text, Duration atMost) {
        await().atMost(atMost).until(() -> {
            assertThat(dev.isAlive()).as(output()).isTrue();
            return output().contains(text);
        });
    }

    private String logged(Pattern pattern) {
        var matcher = pattern.matcher(output());
        assertThat(matcher.find()).as(output()).isTrue();
        return matcher.group(1);
    }

    private String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
