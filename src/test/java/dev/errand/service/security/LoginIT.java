package dev.errand.service.security;

import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Servers;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application does not start without log-ins. It accepts configured users and those of an OpenID Connect provider. */
class LoginIT {

    private static final String USERS = "quarkus.security.users.embedded.";
    private static final KafkaServer KAFKA = Servers.kafka();
    private static final MySqlServer MYSQL = Servers.mySql();

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        KAFKA.start();
        MYSQL.start();
    }

    @AfterAll
    static void stop() {
        KAFKA.close();
        MYSQL.close();
    }

    @Test
    void shouldNotStartWhereNobodyCouldLogIn() {
        assertThat(refusal(Map.of(), Map.of()))
                .contains("Nobody could log in to API and console", "quarkus.oidc.auth-server-url");
    }

    @Test
    void shouldNotStartWhereTokensForOthersWouldDo() throws Exception {
        try (var provider = new OpenIdProvider(List.of("viewer"))) {
            var configuration = new HashMap<>(trusting(provider));
            var partners = Map.of("QUARKUS_OIDC__PARTNERS__AUTH_SERVER_URL", provider.url());

            assertThat(refusal(configuration, partners)).contains("quarkus.oidc.\"partners\".token.audience");

            configuration.remove("quarkus.oidc.token.audience");
            assertThat(refusal(configuration, Map.of()))
                    .contains("Any token of the OpenID Connect provider", "quarkus.oidc.token.audience");
        }
    }

    @Test
    void shouldOpenToTokensForOthersWhereThatIsSaid() throws Exception {
        try (var provider = new OpenIdProvider(List.of("viewer"))) {
            var configuration = new HashMap<>(trusting(provider));
            configuration.remove("quarkus.oidc.token.audience");
            configuration.put("errand.oidc.any-audience", "true");
            try (var application = application(configuration, Map.of()).awaitReady()) {
                var token = provider.bearer("rob", List.of("viewer"), List.of("wiki"));

                assertThat(get(application.url() + "/api/status", "Bearer " + token)
                                .statusCode())
                        .as(application.output())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void shouldOpenToUsersOfTheEnvironmentAndToThoseWhomTheProviderStandsFor() throws Exception {
        // Given
        var environment = Map.of(
                "QUARKUS_SECURITY_USERS_EMBEDDED_USERS_MAX", "a-long-password",
                "QUARKUS_SECURITY_USERS_EMBEDDED_ROLES_MAX", "viewer");
        try (var provider = new OpenIdProvider(List.of("viewer"));
                var application = application(trusting(provider), environment).awaitReady()) {
            var status = application.url() + "/api/status";

            // Then
            assertThat(get(status, "Basic " + base64("max:a-long-password")).statusCode())
                    .isEqualTo(200);
            assertThat(get(status, "Basic " + base64("max:")).statusCode()).isEqualTo(401);

            assertThat(get(status, "Bearer " + provider.bearer("rob", List.of("viewer")))
                            .statusCode())
                    .as(application.output())
                    .isEqualTo(200);
            assertThat(get(status, "Bearer " + provider.bearer("rob", List.of("baker")))
                            .statusCode())
                    .as("without a role of Errand's")
                    .isEqualTo(403);
            assertThat(get(status, "Bearer " + provider.forged("rob", List.of("operator")))
                            .statusCode())
                    .as("signed by somebody else")
                    .isEqualTo(401);
            for (var audience : List.of(List.of("wiki"), List.of("wiki", "account"), List.<String>of())) {
                assertThat(get(status, "Bearer " + provider.bearer("rob", List.of("operator"), audience))
                                .statusCode())
                        .as("for %s", audience)
                        .isEqualTo(401);
            }
            assertThat(get(status, "Bearer " + provider.bearer("rob", List.of("viewer"), List.of("wiki", "errand")))
                            .statusCode())
                    .as("for Errand too")
                    .isEqualTo(200);
            assertThat(get(status, "Bearer " + UUID.randomUUID()).statusCode())
                    .as("one that only the provider could read")
                    .isEqualTo(401);
            assertThat(resume(application, provider.bearer("rob", List.of("viewer"))))
                    .isEqualTo(403);
            assertThat(resume(application, provider.bearer("olga", List.of("operator"))))
                    .isEqualTo(200);

            // When
            var browser = HttpClient.newBuilder()
                    .cookieHandler(new CookieManager())
                    .followRedirects(HttpClient.Redirect.ALWAYS)
                    .build();
            var page = browser.send(
                    HttpRequest.newBuilder(URI.create(application.url() + "/console"))
                            .header("Accept", "text/html")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            // Then
            assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
            assertThat(page.body())
                    .contains("<h1>Overview</h1>", "paula", "Log out")
                    .doesNotContain("operator</span>");
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse<String> get(String url, String authorization) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Authorization", authorization)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static int resume(Application application, String token) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(application.url() + "/api/consumer/resume"))
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static Map<String, String> trusting(OpenIdProvider provider) {
        return Map.of(
                "quarkus.oidc.tenant-enabled", "true",
                "quarkus.oidc.auth-server-url", provider.url(),
                "quarkus.oidc.client-id", "errand",
                "quarkus.oidc.credentials.secret", "a-secret-of-at-least-thirty-two-characters",
                "quarkus.oidc.token.audience", "errand");
    }

    private String refusal(Map<String, String> configuration, Map<String, String> environment) {
        try (var application = application(configuration, environment)) {
            assertThat(application.awaitEnd(SOON)).isTrue();
            return application.output();
        }
    }

    /** Starts without the users of the tests' configuration. */
    private Application application(Map<String, String> configuration, Map<String, String> environment) {
        var all = new HashMap<>(Application.reaching(KAFKA.bootstrapServers(), MYSQL.jdbcUrl()));
        all.keySet().removeIf(key -> key.startsWith(USERS));
        all.putAll(configuration);
        return Application.start(directory.resolve(UUID.randomUUID() + ".log"), List.of("-Xmx256m"), all, environment);
    }
}
