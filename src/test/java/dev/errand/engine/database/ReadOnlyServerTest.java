package dev.errand.engine.database;

import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.People.viewer;
import static dev.errand.testsupport.Waiting.SOON;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testkit.Errand;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.Forwarder;
import dev.errand.testsupport.Schema;
import dev.errand.testsupport.Servers;
import dev.errand.testsupport.ServiceUser;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URL;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The primary becomes read-only, and its name leads to another server then or does not. */
@QuarkusTest
@TestProfile(ReadOnlyServerTest.OftenAsked.class)
@QuarkusTestResource(value = ReadOnlyServerTest.TwoServers.class, restrictToAnnotatedClass = true)
@Tag("long")
class ReadOnlyServerTest {

    /** Metrics and status are updated every second. */
    public static class OftenAsked implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("errand.metrics.sample-interval", "1s");
        }
    }

    private static final List<String> OPTIONS =
            List.of("--skip-log-bin", "--innodb-flush-log-at-trx-commit=2", "--performance-schema=OFF");

    private static MySqlServer one;
    private static MySqlServer other;
    private static Forwarder name;

    /** Both with the schema; the forwarder leads to the first. */
    public static class TwoServers implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            one = Servers.mySql(ServiceUser.with(OPTIONS));
            other = Servers.mySql(ServiceUser.with(OPTIONS));
            one.start();
            other.start();
            Schema.create(other);
            name = new Forwarder(one.port());
            var configuration = new HashMap<>(ServiceUser.configuration(
                    one.jdbcUrl().replace(":" + one.port(), ":" + name.port()), one.jdbcUrl()));
            configuration.put("errand.test.one", one.jdbcUrl());
            configuration.put("errand.test.other", other.jdbcUrl());
            configuration.put("errand.test.name", String.valueOf(name.port()));
            return configuration;
        }

        @Override
        public void inject(Object test) {
            var it = (ReadOnlyServerTest) test;
            it.first = Database.at(one::jdbcUrl);
            it.second = Database.at(other::jdbcUrl);
            it.toFirst = () -> name.leadTo(one.port());
            it.toSecond = () -> name.leadTo(other.port());
        }

        @Override
        public void stop() {
            name.close();
            one.close();
            other.close();
        }
    }

    private Database first;
    private Database second;
    private Runnable toFirst;
    private Runnable toSecond;

    @Inject
    Errand errand;

    @Inject
    AgroalDataSource dataSource;

    @TestHTTPResource(value = "/", management = true)
    URL management;

    @BeforeEach
    void bothTakeWrites() {
        first.execute("SET GLOBAL super_read_only = OFF");
        first.execute("SET GLOBAL read_only = OFF");
        toFirst.run();
        dataSource.flush(AgroalDataSource.FlushMode.ALL);
        await().atMost(SOON).until(() -> ready().contains("up since"));
    }

    private String ready() {
        return given().get(management.getProtocol() + "://" + management.getAuthority() + "/q/health/ready")
                .asString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"read_only", "super_read_only"})
    void shouldFollowTheNameToAnotherServerAtOnce(String option) {
        // Given
        var before = errand.newUser();
        errand.publish("a.b", before, "{}");
        await().atMost(SOON).until(() -> first.recorded(before) == 1);

        // When
        toSecond.run();
        first.execute("SET GLOBAL " + option + " = ON");
        var users = IntStream.range(0, 20).mapToObj(i -> errand.newUser()).toList();
        users.forEach(user -> errand.publish("a.b", user, "{}"));

        // Then
        await().atMost(Duration.ofSeconds(15)).until(() -> users.stream().allMatch(user -> second.recorded(user) == 1));
        await().atMost(Duration.ofSeconds(15)).until(() -> connections(first) == 0);
        operator()
                .contentType("application/json")
                .body("{}")
                .post("/api/consumer/pause")
                .then()
                .statusCode(200);
        operator()
                .contentType("application/json")
                .body("{}")
                .post("/api/consumer/resume")
                .then()
                .statusCode(200);
        assertThat(second.number("SELECT COUNT(*) FROM parked_action")).isZero();
        assertThat(users).allSatisfy(user -> assertThat(first.recorded(user)).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"read_only", "super_read_only"})
    void shouldHoldAndSaySoWhileItsServerIsReadOnly(String option) {
        // Given
        var user = errand.newUser();
        first.execute("SET GLOBAL " + option + " = ON");

        // When
        errand.publish("a.b", user, "{}");

        // Then
        await().atMost(SOON).until(() -> ready().contains("read-only"));
        await().atMost(SOON).until(() -> viewer().get("/api/status").jsonPath().getString("database") != null);
        assertThat(viewer().get("/api/status").jsonPath().getString("database")).contains("read-only");
        assertThat(viewer().get("/console").asString()).contains("read-only");
        assertThat(given().get(management.getProtocol() + "://" + management.getAuthority() + "/q/metrics")
                        .asString())
                .contains("errand_database_up 0.0");
        first.execute("SET GLOBAL super_read_only = OFF");
        first.execute("SET GLOBAL read_only = OFF");
        await().atMost(SOON).until(() -> first.recorded(user) == 1);
        await().atMost(SOON).until(() -> !ready().contains("read-only"));
        assertThat(first.number("SELECT COUNT(*) FROM parked_action")).isZero();
    }

    @Test
    void shouldGiveUpAllConnectionsWhenAnybodyIsToldThatTheServerIsReadOnly() throws Exception {
        // Given
        toSecond.run();
        first.execute("SET GLOBAL super_read_only = ON");

        // Then
        // Here it is the API that is told, neither a worker nor the probe.
        await().atMost(SOON).until(() -> {
            operator()
                    .contentType("application/json")
                    .body("{\"reason\":\"a test\"}")
                    .post("/api/consumer/pause");
            return operator()
                                    .contentType("application/json")
                                    .body("{}")
                                    .post("/api/consumer/resume")
                                    .statusCode()
                            == 200
                    && connections(first) == 0;
        });
    }

    private static long connections(Database database) {
        return database.number("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'errand_service'");
    }
}
