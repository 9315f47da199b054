package dev.errand.service.security;

import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Servers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guesses passwords of the packaged application, through a proxy that forwards the address of the client. */
class LoginThrottleIT {

    private static final KafkaServer KAFKA = Servers.kafka();
    private static final MySqlServer MYSQL = Servers.mySql();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    private static Application application;

    @BeforeAll
    static void start() {
        KAFKA.start();
        MYSQL.start();
        var configuration = new HashMap<>(Application.reaching(KAFKA.bootstrapServers(), MYSQL.jdbcUrl()));
        configuration.put("quarkus.http.proxy.proxy-address-forwarding", "true");
        configuration.put("quarkus.http.proxy.allow-x-forwarded", "true");
        configuration.put("quarkus.http.proxy.trusted-proxies", "127.0.0.1");
        application = Application.start(directory.resolve("application.log"), List.of("-Xmx256m"), configuration)
                .awaitReady();
    }

    @AfterAll
    static void stop() {
        application.close();
        KAFKA.close();
        MYSQL.close();
    }

    @Test
    void shouldSlowDownWhoGuessesAndNobodyElse() throws Exception {
        // Given
        var failures = counted("wrong-password");
        var refusals = counted("too-many");
        for (var i = 0; i < 5; i++) {
            assertThat(olga("203.0.113.7", "wrong " + i).statusCode()).isEqualTo(401);
        }

        // When
        var refused = olga("203.0.113.7", "wrong");

        // Then
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.body()).contains("\"status\":429", "try again in 1 s");

        assertThat(olga("198.51.100.1", People.OPERATOR_PASSWORD).statusCode())
                .as("the right one from elsewhere")
                .isEqualTo(200);
        assertThat(get("203.0.113.7", People.VIEWER, People.VIEWER_PASSWORD).statusCode())
                .as("another user from there")
                .isEqualTo(200);
        assertThat(counted("wrong-password")).isEqualTo(failures + 5);
        assertThat(counted("too-many")).isEqualTo(refusals + 1);
        assertThat(application.output())
                .as("the first of them, whosever it is")
                .containsPattern("Log-ins from [0-9a-f.:/]+ fail with wrong passwords")
                .doesNotContain("wrong 4");

        await().atMost(SOON).untilAsserted(() -> assertThat(
                        olga("203.0.113.7", People.OPERATOR_PASSWORD).statusCode())
                .isEqualTo(200));
    }

    @Test
    void shouldTakeANetworkOfIpv6ForOneAddress() throws Exception {
        for (var i = 0; i < 5; i++) {
            assertThat(olga("2001:db8:1:2::" + i, "wrong " + i).statusCode()).isEqualTo(401);
        }

        assertThat(olga("2001:db8:1:2:9:9:9:9", "wrong").statusCode()).isEqualTo(429);
        assertThat(olga("2001:db8:1:3::1", People.OPERATOR_PASSWORD).statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldNotLookAtManyPasswordsAtOnce() throws Exception {
        var answers = IntStream.range(0, 200)
                .mapToObj(i -> CLIENT.sendAsync(
                        request("203.0.113.99", People.OPERATOR, "wrong " + i), HttpResponse.BodyHandlers.discarding()))
                .toList();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();

        assertThat(answers)
                .extracting(answer -> answer.join().statusCode())
                .containsOnly(401, 429)
                .filteredOn(status -> status == 401)
                .hasSizeBetween(5, 40);
    }

    @Test
    void shouldLetThroughManyAtOnceOfWhomItKnows() throws Exception {
        assertThat(olga("198.51.100.50", People.OPERATOR_PASSWORD).statusCode()).isEqualTo(200);

        var answers = IntStream.range(0, 100)
                .mapToObj(i -> CLIENT.sendAsync(
                        request("198.51.100.50", People.OPERATOR, People.OPERATOR_PASSWORD),
                        HttpResponse.BodyHandlers.discarding()))
                .toList();

        assertThat(answers).allMatch(answer -> answer.join().statusCode() == 200);
    }

    @Test
    void shouldCountWhatIsNoLoginAtAll() throws Exception {
        for (var i = 0; i < 5; i++) {
            assertThat(send(from("203.0.113.20", "basic !" + i)).statusCode()).isEqualTo(401);
        }

        assertThat(send(from("203.0.113.20", "BASIC !")).statusCode()).isEqualTo(429);
    }

    private static HttpResponse<String> olga(String address, String password) throws IOException, InterruptedException {
        return get(address, People.OPERATOR, password);
    }

    private static HttpResponse<String> get(String address, String name, String password)
            throws IOException, InterruptedException {
        return send(request(address, name, password));
    }

    private static HttpRequest request(String address, String name, String password) {
        var login = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
        return from(address, "Basic " + Base64.getEncoder().encodeToString(login));
    }

    private static HttpRequest from(String address, String authorization) {
        return HttpRequest.newBuilder(URI.create(application.url() + "/q/openapi"))
                .header("X-Forwarded-For", address)
                .header("Authorization", authorization)
                .build();
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static double counted(String reason) throws IOException, InterruptedException {
        var metrics = send(HttpRequest.newBuilder(URI.create(application.managementUrl() + "/q/metrics"))
                        .build())
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith("errand_login_failures_total{") && line.contains(reason))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
