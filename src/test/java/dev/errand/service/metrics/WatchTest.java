package dev.errand.service.metrics;

import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Waiting.SOON;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What health checks, metrics, dashboard and alerts show. */
@QuarkusTest
class WatchTest {

    private static final Path ALERTS = Path.of("deploy/components/monitoring/errand-alerts.yaml");
    private static final Path DASHBOARD = Path.of("deploy/components/monitoring/errand-dashboard.json");
    private static final Path RUNBOOK = Path.of("src/docs/runbook.md");
    private static final Pattern METRIC = Pattern.compile("\\b(errand|agroal|jvm|process)_[a-z0-9_]+");

    @TestHTTPResource(value = "/", management = true)
    URL management;

    @Inject
    Publisher publisher;

    private String get(String path) {
        return given().get(management.getProtocol() + "://" + management.getAuthority() + "/q/" + path)
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    /** The sum of all series with this name and these labels; zero without any. */
    private double scraped(String name, String... labels) {
        return get("metrics")
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** The value of a metric that must be there. */
    private double present(String name, String... labels) {
        assertThat(get("metrics")).containsPattern("(?m)^" + name + "[{ ]");
        return scraped(name, labels);
    }

    private double actions(String type, String outcome) {
        return scraped("errand_actions_total", "type=\"" + type + "\"", "outcome=\"" + outcome + "\"");
    }

    @Test
    void shouldCountActionsByTypeAndOutcomeWhenTheyAreDone() {
        // Given
        var done = actions("order.placed", "done");
        var duplicate = actions("order.placed", "duplicate");
        var unreadable = actions("", "unreadable");
        var batches = scraped("errand_batch_actions_count");
        var units = scraped("errand_transaction_seconds_count", "result=\"committed\"");
        var record = order(newUser(), 100);

        // When
        publisher.publish(record);
        publisher.publish(record);
        publisher.publishBytes("u".getBytes(UTF_8), "no JSON".getBytes(UTF_8));

        // Then
        await().atMost(SOON).until(() -> actions("order.placed", "done") == done + 1);
        await().atMost(SOON).until(() -> actions("order.placed", "duplicate") == duplicate + 1);
        await().atMost(SOON).until(() -> actions("", "unreadable") == unreadable + 1);
        assertThat(scraped("errand_batch_actions_count")).isGreaterThan(batches);
        assertThat(scraped("errand_transaction_seconds_count", "result=\"committed\""))
                .isGreaterThan(units);
    }

    @Test
    void shouldShowTheEngineAndItsSurroundings() {
        var done = actions("order.placed", "done");
        publisher.publish(order(newUser(), 100));
        await().atMost(SOON).until(() -> actions("order.placed", "done") > done);

        await().atMost(SOON).untilAsserted(() -> assertThat(present("errand_consumer_lag", "topic=\"user-actions\""))
                .isZero());
        assertThat(scraped("errand_workers")).isEqualTo(4);
        await().atMost(SOON).until(() -> scraped("errand_database_up") == 1 && scraped("errand_kafka_up") == 1);
        assertThat(present("errand_stuck_threads")).isZero();
        assertThat(present("errand_sample_age_seconds")).isBetween(0.0, 30.0);
        await().atMost(SOON).untilAsserted(() -> assertThat(present("errand_oldest_in_flight_seconds"))
                .isZero());
    }

    @Test
    void shouldCountDeadActionsInTheDatabase() {
        var unreadable = actions("", "unreadable");

        publisher.publishBytes("u".getBytes(UTF_8), "no JSON either".getBytes(UTF_8));

        await().atMost(SOON).until(() -> actions("", "unreadable") > unreadable);
        await().atMost(SOON).until(() -> scraped("errand_failed_actions", "state=\"dead\"") >= 1);
    }

    private JsonNode check(String kind, String name) throws IOException {
        var checks = new ObjectMapper().readTree(get("health/" + kind)).get("checks");
        assertThat(checks).as("Errand's own is the only check").hasSize(1);
        assertThat(checks.get(0).get("name").asText()).isEqualTo(name);
        assertThat(checks.get(0).get("status").asText()).isEqualTo("UP");
        return checks.get(0).path("data");
    }

    @Test
    void shouldHaveStartedWhenTheSchemaIsCurrent() throws Exception {
        var data = check("started", "started");

        assertThat(data.get("pending-migrations").asInt()).isZero();
        assertThat(data.get("handlers").asInt()).isPositive();
        assertThat(data.get("schema").asInt()).isGreaterThanOrEqualTo(7);
    }

    @Test
    void shouldBeAliveWhenItsThreadsGetOn() throws Exception {
        assertThat(check("live", "engine").isMissingNode()).as("no troubles").isTrue();
    }

    @Test
    void shouldTellOfItsSurroundingsWhenItIsReady() throws Exception {
        await().atMost(SOON)
                .until(() -> check("ready", "api").get("database").asText().startsWith("up since "));
        await().atMost(SOON)
                .until(() -> check("ready", "api").get("kafka").asText().startsWith("up since "));
    }

    @SuppressWarnings("unchecked") // this is the structure of a rule file
    private static List<Map<String, Object>> alerts() throws IOException {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(ALERTS));
        return (List<Map<String, Object>>) file.get("groups").get(0).get("rules");
    }

    private static Set<String> metrics(String text) {
        var names = new TreeSet<String>();
        METRIC.matcher(text).results().forEach(found -> names.add(found.group()));
        return names;
    }

    @Test
    void shouldAlertAndShowOnlyByMetricsThatAreScraped() throws Exception {
        // Given
        var wanted = new TreeSet<String>();
        alerts().forEach(alert -> wanted.addAll(metrics(String.valueOf(alert.get("expr")))));
        assertThat(wanted).hasSizeGreaterThan(10);
        for (var expression :
                new ObjectMapper().readTree(Files.readString(DASHBOARD)).findValuesAsText("expr")) {
            wanted.addAll(metrics(expression));
        }

        // When
        var done = actions("order.placed", "done");
        publisher.publish(order(newUser(), 100));
        await().atMost(SOON).until(() -> actions("order.placed", "done") > done);

        // Then
        await().atMost(SOON).untilAsserted(() -> {
            var scraped = new TreeSet<String>();
            get("metrics")
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> scraped.add(line.split("[{ ]", 2)[0]));
            assertThat(scraped).containsAll(wanted);
        });
    }

    @Test
    @SuppressWarnings("unchecked") // annotations are texts
    void shouldHaveARunbookEntryForEachAlert() throws Exception {
        // Given
        var anchors = new HashMap<String, String>();
        Pattern.compile("^## (\\w+)$", Pattern.MULTILINE)
                .matcher(Files.readString(RUNBOOK))
                .results()
                .forEach(heading -> anchors.put(
                        "src/docs/runbook.md#" + heading.group(1).toLowerCase(Locale.ROOT), heading.group(1)));
        var alerts = alerts();

        // Then
        assertThat(alerts).hasSizeGreaterThan(10);
        for (var alert : alerts) {
            var annotations = (Map<String, String>) alert.get("annotations");
            assertThat(anchors).containsEntry(annotations.get("runbook_url"), (String) alert.get("alert"));
        }
        assertThat(anchors).as("no entry without an alert").hasSameSizeAs(alerts);
    }
}
