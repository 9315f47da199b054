package dev.errand.service.security;

import static dev.errand.testsupport.Waiting.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets do not leak: the packaged application gets them by its environment, as in a pod, and works with them. Then the test
 * searches its log at level DEBUG, its answers at {@code /q} and the arguments of all processes.
 */
class SecretsIT {

    private static final String USERS = "quarkus.security.users.embedded.";

    private static final String DATABASE = secret("database");
    private static final String OPERATOR = secret("operator");
    private static final String PROVIDER = secret("provider");
    private static final String SASL = secret("sasl");
    private static final String KEY_STORE = secret("key-store");
    private static final String TRUST_STORE = secret("trust-store");
    private static final String KEY = secret("key");

    private static final KafkaServer KAFKA = Servers.kafka();

    @TempDir
    static Path directory;

    private static MySqlServer mySql;

    private static String secret(String of) {
        return "secret-of-the-" + of + "-" + UUID.randomUUID();
    }

    @BeforeAll
    static void start() throws IOException {
        var user = Files.writeString(directory.resolve("user.sql"), """
                CREATE USER IF NOT EXISTS 'errand_secret'@'%%' IDENTIFIED BY '%s';
                GRANT ALL ON errand.* TO 'errand_secret'@'%%';
                """.formatted(DATABASE));
        mySql = Servers.mySql(List.of("--skip-log-bin", "--init-file=" + user));
        KAFKA.start();
        mySql.start();
    }

    @AfterAll
    static void stop() {
        KAFKA.close();
        mySql.close();
    }

    @Test
    @EnabledOnOs(OS.LINUX) // reads /proc; Errand's containers are Linux
    void shouldShowNoSecretWhereItWorks() throws Exception {
        // Given
        try (var provider = new OpenIdProvider(List.of("viewer"));
                var application = application(
                        Map.of(
                                "quarkus.oidc.tenant-enabled", "true",
                                "quarkus.oidc.auth-server-url", provider.url(),
                                "quarkus.oidc.client-id", "errand",
                                "quarkus.oidc.token.audience", "errand"),
                        Map.of())) {
            application.awaitReady();
            var bearer = provider.bearer("rob", List.of("viewer"));
            var login = base64("max:" + OPERATOR);

            // When
            assertThat(get(application.url() + "/api/status", "Basic " + login)).startsWith("200 ");
            assertThat(get(application.url() + "/api/status", "Bearer " + bearer))
                    .startsWith("200 ");
            assertThat(get(application.url() + "/api/status", "Basic " + base64("max:" + OPERATOR + "x")))
                    .startsWith("401 ");
            assertThat(page(application.url() + "/console")).contains("<h1>Overview</h1>");
            try (var publisher = new Publisher(KAFKA.bootstrapServers())) {
                publisher.publish(Actions.order(Actions.newUser(), 100));
                publisher.publishBytes("u".getBytes(UTF_8), "no JSON".getBytes(UTF_8));
            }
            await().atMost(SOON).until(() -> get(application.managementUrl() + "/q/metrics", "none")
                    .contains("outcome=\"unreadable\""));

            var told = new HashMap<String, String>();
            for (var path : List.of(
                    "",
                    "/health",
                    "/health/live",
                    "/health/ready",
                    "/health/started",
                    "/health/well",
                    "/health/group",
                    "/metrics",
                    "/metrics?name[]=x",
                    "/openapi",
                    "/openapi?format=json",
                    "/swagger-ui",
                    "/info",
                    "/dev",
                    "/arc",
                    "/arc/beans",
                    "/health-ui",
                    "/logging-manager",
                    "/flyway",
                    "/oidc")) {
                for (var server : List.of(application.url(), application.managementUrl())) {
                    told.put(server + "/q" + path, get(server + "/q" + path, "Basic " + login));
                }
            }
            assertThat(told.values()).anyMatch(answer -> answer.startsWith("200 "));
            told.put("the log", application.output());
            told.put("the arguments", arguments());
            assertThat(told.get("the arguments")).contains("quarkus-run.jar", "mysqld", "KafkaServerMain");
            assertThat(told.get("the log")).as("at level DEBUG").contains(" DEBUG ");

            // Then
            assertThat(provider.issued()).isNotEmpty();
            assertNoSecret(
                    told,
                    Stream.concat(Stream.of(login, base64("errand:" + PROVIDER), bearer), provider.issued().stream())
                            .toArray(String[]::new));
        }
    }

    @Test
    void shouldShowNoSecretWhereItCannotLogIn() {
        try (var application = application(
                Map.of("quarkus.datasource.username", "errand"), Map.of("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"))) {
            assertThat(application.awaitEnd(SOON)).as("the database refuses it").isTrue();

            assertThat(application.output()).contains("Access denied");
            assertNoSecret(Map.of("the log", application.output()));
        }
    }

    @Test
    void shouldShowNoSecretWhereKafkaRefusesIt() {
        try (var application = application(Map.of(), Map.of("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"))) {
            application.awaitReady();
            await().atMost(SOON).until(() -> application.output().contains("SASL"));

            assertNoSecret(Map.of("the log", application.output()));
        }
    }

    private static void assertNoSecret(Map<String, String> told, String... more) {
        var secrets = Stream.concat(
                        Stream.of(DATABASE, OPERATOR, PROVIDER, SASL, KEY_STORE, TRUST_STORE, KEY), Stream.of(more))
                .toList();
        told.forEach((where, text) -> assertThat(text.lines()
                        .filter(line -> secrets.stream().anyMatch(line::contains))
                        .limit(5))
                .as(where)
                .isEmpty());
    }

    /** The arguments of all processes that this test has started, which everybody on the machine can read. */
    private static String arguments() {
        return ProcessHandle.current()
                .descendants()
                .map(process -> Path.of("/proc", String.valueOf(process.pid()), "cmdline"))
                .map(SecretsIT::content)
                .collect(Collectors.joining("\n"));
    }

    private static String content(Path file) {
        try {
            return Files.readString(file).replace('\0', ' ');
        } catch (IOException e) {
            return "(it has ended)";
        }
    }

    private static Application application(Map<String, String> configuration, Map<String, String> environment) {
        var all = new HashMap<>(Application.reaching(KAFKA.bootstrapServers(), mySql.jdbcUrl()));
        all.keySet().removeIf(key -> key.startsWith(USERS));
        all.remove("quarkus.datasource.password");
        all.put("quarkus.datasource.username", "errand_secret");
        all.put("quarkus.log.level", "DEBUG");
        all.putAll(configuration);
        var secrets = new HashMap<>(Map.ofEntries(
                Map.entry("QUARKUS_DATASOURCE_PASSWORD", DATABASE),
                Map.entry("QUARKUS_SECURITY_USERS_EMBEDDED_USERS_MAX", OPERATOR),
                Map.entry("QUARKUS_SECURITY_USERS_EMBEDDED_ROLES_MAX", "operator"),
                Map.entry("QUARKUS_OIDC_CREDENTIALS_SECRET", PROVIDER),
                Map.entry("KAFKA_SASL_MECHANISM", "PLAIN"),
                Map.entry(
                        "KAFKA_SASL_JAAS_CONFIG",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"errand\" password=\""
                                + SASL + "\";"),
                Map.entry("KAFKA_SSL_KEYSTORE_PASSWORD", KEY_STORE),
                Map.entry("KAFKA_SSL_TRUSTSTORE_PASSWORD", TRUST_STORE),
                Map.entry("KAFKA_SSL_KEY_PASSWORD", KEY)));
        secrets.putAll(environment);
        return Application.start(directory.resolve(UUID.randomUUID() + ".log"), List.of("-Xmx256m"), all, secrets);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** Status, headers and body. */
    private static String get(String url, String authorization) throws IOException, InterruptedException {
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create(url.replace("[", "%5B").replace("]", "%5D")))
                                .header("Authorization", authorization)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.headers().map() + "\n" + answer.body();
    }

    private static String page(String url) throws IOException, InterruptedException {
        return HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Accept", "text/html")
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
