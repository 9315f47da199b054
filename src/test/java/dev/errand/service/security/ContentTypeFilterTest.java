package dev.errand.service.security;

import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.People.viewer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import dev.errand.testsupport.People;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which content types requests that change something may have. */
@QuarkusTest
class ContentTypeFilterTest {

    /** An address that needs no body, so that only the filter looks at it. The action does not exist. */
    private static final String RETRY = "/api/failed-actions/9223372036854775807/retry";

    private static final String LOGIN = "Basic "
            + Base64.getEncoder().encodeToString((People.OPERATOR + ":" + People.OPERATOR_PASSWORD).getBytes(UTF_8));

    /** The answer to a request that the filter lets pass. */
    private static final int UNKNOWN_ACTION = 404;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/plain;charset=UTF-8",
                "TEXT/PLAIN",
                "text/plain;application/json",
                "text/plain, application/json",
                "application/json, text/plain",
                "multipart/form-data; boundary=b",
                "multipart/mixed; boundary=b",
                "text/html",
                "text/xml",
                "application/xml",
                "application/octet-stream",
                "application/jsonp",
                "application/jsonx+json/x",
                "application/+json",
                "json",
                "*/*",
                ";",
                "a"
            })
    void shouldRefuseBodiesOfOtherTypes(String type) throws IOException {
        assertThat(status("POST " + RETRY, "Content-Type: " + type + "\r\nContent-Length: 2", "{}"))
                .isEqualTo(415);
        assertThat(status("POST " + RETRY, "Content-Type: " + type + "\r\nContent-Length: 0", ""))
                .as("it says that it has one")
                .isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void shouldRefuseThemWhateverTheMethodAndThePath(String method) throws IOException {
        for (var path : new String[] {RETRY, "/console/failed/1/retry", "/q/openapi", "/nowhere"}) {
            assertThat(status(method + " " + path, "Content-Type: text/plain\r\nContent-Length: 2", "{}"))
                    .as(path)
                    .isEqualTo(415);
        }
    }

    @Test
    void shouldSayWhatToSend() {
        operator()
                .header("Sec-Fetch-Site", "same-origin")
                .contentType(ContentType.TEXT)
                .body("{}")
                .post("/api/consumer/pause")
                .then()
                .statusCode(415)
                .contentType("application/problem+json")
                .body(containsString("Content-Type: application/json"));
    }

    @Test
    void shouldRefuseABodyThatDoesNotSayWhatItIs() throws IOException {
        assertThat(status("POST " + RETRY, "Content-Length: 2", "{}")).isEqualTo(415);
        assertThat(status("POST " + RETRY, "Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"))
                .isEqualTo(415);
        assertThat(status("POST " + RETRY, "Content-Type:\r\nContent-Length: 2", "{}"))
                .isEqualTo(415);
    }

    @Test
    void shouldRefuseABodyThatSaysTwoThings() throws IOException {
        assertThat(status(
                        "POST " + RETRY,
                        "Content-Type: application/json\r\nContent-Type: text/plain\r\nContent-Length: 2",
                        "{}"))
                .isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "Application/JSON",
                "application/merge-patch+json",
                "application/vnd.errand.v1+json"
            })
    void shouldTakeJson(String type) throws IOException {
        assertThat(status("POST " + RETRY, "Content-Type: " + type + "\r\nContent-Length: 2", "{}"))
                .isEqualTo(UNKNOWN_ACTION);
    }

    @Test
    void shouldTakeProgramsWithoutABody() throws IOException {
        assertThat(status("POST " + RETRY, "", "")).isEqualTo(UNKNOWN_ACTION);
        assertThat(status("POST " + RETRY, "Content-Length: 0", "")).isEqualTo(UNKNOWN_ACTION);
        assertThat(status("POST " + RETRY, "Transfer-Encoding: chunked", "0\r\n\r\n"))
                .isEqualTo(UNKNOWN_ACTION);
        assertThat(status("POST " + RETRY, "Content-Type: application/json\r\nContent-Length: 0", ""))
                .isEqualTo(UNKNOWN_ACTION);
        assertThat(status("DELETE " + RETRY, "", "")).isEqualTo(405);
    }

    @Test
    void shouldTellWhoSendsNoBodyThatOneIsNeeded() throws IOException {
        for (var head : new String[] {"", "Content-Length: 0"}) {
            assertThat(status("POST /api/consumer/resume", head, "")).isBetween(400, 422);
        }
        assertThat(status("POST /api/consumer/resume", "Transfer-Encoding: chunked", "0\r\n\r\n"))
                .isBetween(400, 422);
    }

    /** This client asks for HTTP/2, where requests without a body have no length. */
    @Test
    void shouldTakeJavasOwnClientWithoutABody() throws Exception {
        var client = HttpClient.newHttpClient();
        for (var round = 0; round < 2; round++) {
            var answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + RestAssured.port + RETRY))
                            .header("Authorization", LOGIN)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            assertThat(answer.statusCode()).isEqualTo(UNKNOWN_ACTION);
        }
    }

    @Test
    void shouldRefuseFormsWithoutAToken() {
        operator()
                .contentType(ContentType.URLENC)
                .formParam("reason", "none")
                .post("/console/consumer/resume")
                .then()
                .statusCode(400);
        operator()
                .contentType(ContentType.URLENC)
                .formParam("reason", "none")
                .post(RETRY)
                .then()
                .statusCode(400);
    }

    @Test
    void shouldTakeAFormWithTheTokenOfItsPage() {
        var page = operator().get("/console/consumer");
        var token = page.htmlPath().getString("**.find { it.@name == 'csrf-token' }.@value");
        assertThat(token).isNotBlank();

        operator()
                .cookie("errand-csrf", page.cookie("errand-csrf"))
                .contentType(ContentType.URLENC)
                .formParam("csrf-token", token)
                .redirects()
                .follow(false)
                .post("/console/consumer/resume")
                .then()
                .statusCode(303);
    }

    @Test
    void shouldReadWhateverAPageIsAskedForWith() {
        viewer().contentType(ContentType.TEXT).get("/api/status").then().statusCode(200);
    }

    /** Sends a raw request and then a second one on the same connection, which must not be affected by the first. */
    private static int status(String line, String head, String body) throws IOException {
        var start = "HTTP/1.1\r\nHost: 127.0.0.1:" + RestAssured.port + "\r\nAuthorization: " + LOGIN + "\r\n";
        try (var socket = new Socket("127.0.0.1", RestAssured.port)) {
            socket.setSoTimeout(30_000);
            var output = socket.getOutputStream();
            output.write((line + " " + start + (head.isEmpty() ? "" : head + "\r\n") + "\r\n" + body).getBytes(UTF_8));
            output.write(("GET /nowhere/else " + start + "Connection: close\r\n\r\n").getBytes(UTF_8));
            output.flush();
            var answers = new String(socket.getInputStream().readAllBytes(), UTF_8);
            var lines = answers.lines()
                    .filter(each -> each.contains("HTTP/1.1 "))
                    .map(each -> Integer.parseInt(
                            each.substring(each.indexOf("HTTP/1.1 ") + 9).substring(0, 3)))
                    .toList();
            assertThat(lines).as(answers).hasSize(2).endsWith(404);
            return lines.get(0);
        }
    }
}
