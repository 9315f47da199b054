package dev.errand.packaged;

import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.People.viewer;
import static dev.errand.testsupport.Waiting.SOON;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.errand.testsupport.Database;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Publisher;
import io.quarkus.test.common.DevServicesContext;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packaged application, jar or native image, works with its production configuration on real servers. */
@QuarkusIntegrationTest
@TestProfile(PackagedIT.InProduction.class)
class PackagedIT {

    /** The settings that production requires, a free port, and a retention that runs at any time of day. */
    public static class InProduction implements QuarkusTestProfile {

        private static final int MANAGEMENT_PORT = freePort();

        @Override
        public Map<String, String> getConfigOverrides() {
            var users = "quarkus.security.users.embedded.";
            return Map.of(
                    users + "users." + People.OPERATOR,
                    People.OPERATOR_PASSWORD,
                    users + "roles." + People.OPERATOR,
                    "operator",
                    users + "users." + People.VIEWER,
                    People.VIEWER_PASSWORD,
                    users + "roles." + People.VIEWER,
                    "viewer",
                    "quarkus.http.host",
                    "127.0.0.1",
                    "quarkus.management.host",
                    "127.0.0.1",
                    "quarkus.management.port",
                    String.valueOf(MANAGEMENT_PORT),
                    "errand.ledger.retention",
                    "30d",
                    "errand.ledger.retention-window",
                    "00:00-00:00");
        }

        private static int freePort() {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    DevServicesContext services;

    private final String user = newUser();
    private Database database;
    private Publisher publisher;

    @BeforeEach
    void open() {
        var properties = services.devServicesProperties();
        database = Database.at(() -> properties.get("quarkus.datasource.jdbc.url"));
        publisher = new Publisher(properties.get("kafka.bootstrap.servers"));
    }

    @AfterEach
    void close() {
        publisher.close();
    }

    @Test
    void shouldDoWhatAnActionSays() {
        publisher.publish(order(user, 500));

        await().atMost(SOON).until(() -> database.points(user) == 5);
        assertThat(database.number("SELECT action_count FROM user_activity WHERE user_id = ?", user))
                .isEqualTo(1);
    }

    @Test
    void shouldTellWhatIsWrongWithAPayload() {
        publisher.publish(record(newId(), "order.placed", user, "{\"orderId\":\"\",\"totalCents\":1}"));

        await().atMost(SOON).until(() -> state().equals("DEAD"));
        operator()
                .get("/api/failed-actions/" + database.parkedAction(user))
                .then()
                .statusCode(200)
                .body("action.errorMessage", containsString("payload.orderId"));
    }

    @Test
    void shouldDoAFailedActionWhenItIsRetriedByApi() {
        // Given
        publisher.publish(record(newId(), "points.redeemed", user, "{\"reward\":\"mug\",\"points\":3}"));
        await().atMost(SOON).until(() -> state().equals("DEAD"));
        database.execute("INSERT INTO loyalty_account (user_id, points) VALUES ('" + user + "', 5)");

        // When
        operator()
                .contentType("application/json")
                .post("/api/failed-actions/" + database.parkedAction(user) + "/retry")
                .then()
                .statusCode(200)
                .body("state", equalTo("RETRYING"));

        // Then
        await().atMost(SOON).until(() -> state().equals("RESOLVED"));
        assertThat(database.points(user)).isEqualTo(2);
        await().atMost(SOON).untilAsserted(() -> assertThat(database.number("SELECT COUNT(*) FROM outbox_event"))
                .as("the handler's event is published")
                .isZero());
    }

    @Test
    void shouldForgetWhatIsOlderThanItIsToldToRemember() {
        database.execute("""
                INSERT INTO user_action
                  (source, id, user_id, type, occurred_at, payload, topic, `partition`, `offset`, processed_at)
                VALUES ('', '%s', '%s', 'a.b', '2020-01-01', '1', 't', 0, 0, '2020-01-01')""".formatted(newId(), user));

        database.execute("UPDATE retention SET cursor_seq = (SELECT MAX(seq) - 1 FROM user_action),"
                + " next_step_at = CURRENT_TIMESTAMP(6) WHERE name = 'ledger'");

        await().atMost(SOON).until(() -> database.recorded(user) == 0);
    }

    @Test
    void shouldShowItsConsole() {
        viewer().get("/console").then().statusCode(200).body(containsString("Errand"));
    }

    @Test
    void shouldBeReady() {
        await().atMost(SOON).untilAsserted(() -> given().port(InProduction.MANAGEMENT_PORT)
                .get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("status", equalTo("UP")));
    }

    private String state() {
        return String.join(" ", database.parkedStates(user));
    }
}
