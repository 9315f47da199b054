package dev.errand.engine.liveness;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URL;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The liveness check fails when a thread has ended. */
@QuarkusTest
class LivenessTest {

    @TestHTTPResource(value = "/", management = true)
    URL management;

    @Inject
    LivenessMonitor liveness;

    @Test
    void shouldNotBeAliveWhenAThreadHasEnded() throws Exception {
        var live = management.getProtocol() + "://" + management.getAuthority() + "/q/health/live";
        var heartbeat = new AtomicReference<ThreadHeartbeat>();

        liveness.start("errand-worker-9", heartbeat::set).join();

        try {
            given().get(live)
                    .then()
                    .statusCode(503)
                    .body("checks[0].data.troubles", equalTo("errand-worker-9 has ended"));
        } finally {
            liveness.forget(heartbeat.get());
        }
        given().get(live).then().statusCode(200);
    }
}
