package dev.errand.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The overlays as Kustomize renders them. This needs {@code kubectl}: without it these tests check nothing, unless the environment
 * variable ERRAND_TEST_KUBECTL is {@code required}, as in CI.
 */
class RenderedTest {

    private static final Path OVERLAYS = Path.of("deploy/overlays");

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production", "production/migration"})
    void shouldHaveOnlyWhatTheKindsHave(String overlay) throws IOException, InterruptedException {
        for (var manifest : rendered(overlay)) {
            Kinds.read(manifest);
            if (!manifest.kind().equals("Namespace")) {
                assertThat(manifest.text("metadata", "namespace")).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production", "production/migration"})
    void shouldProvideWhatPodsTake(String overlay) throws IOException, InterruptedException {
        // Given
        var all = rendered(overlay);
        var maps = new HashSet<String>();
        all.stream().filter(each -> each.kind().equals("ConfigMap")).forEach(each -> maps.add(each.name()));
        // Then
        for (var manifest : all) {
            for (var content : manifest.list("spec", "template", "spec", "containers")) {
                var container = new Manifest(manifest.toString(), content);
                assertThat(container.list("envFrom").stream()
                                .filter(source -> source.containsKey("configMapRef"))
                                .map(source -> Manifest.asMap(source.get("configMapRef"))
                                        .get("name")))
                        .isNotEmpty()
                        .allMatch(maps::contains);
                // The overlay sets a tag; the base has only a name.
                assertThat(container.text("image")).contains(":");
                assertThat(container.list("env").stream().map(variable -> variable.get("name")))
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void shouldLeaveNoAddressOfTheBaseInProduction() throws IOException, InterruptedException {
        for (var overlay : List.of("production", "production/migration")) {
            assertThat(rendered(overlay).toString()).doesNotContain("//mysql:", "=kafka:9092", ": kafka:9092");
        }
    }

    @Test
    void shouldLeadTheServiceToTheConsoleAndTheNumberToKeda() throws IOException, InterruptedException {
        var all = rendered("production");
        assertThat(all).allSatisfy(manifest -> {
            if (manifest.kind().equals("Service") && manifest.name().equals("errand")) {
                assertThat(manifest.map("spec", "selector")).containsEntry("app.kubernetes.io/component", "console");
            }
            if (manifest.kind().equals("Deployment") && manifest.name().equals("errand")) {
                assertThat(manifest.map("spec")).doesNotContainKey("replicas");
            }
        });
    }

    @Test
    void shouldMigrateBySelfInDevelopmentOnly() throws IOException, InterruptedException {
        for (var overlay : List.of("dev", "production")) {
            for (var manifest : rendered(overlay)) {
                if (manifest.kind().equals("Deployment")) {
                    assertThat(manifest.list("spec", "template", "spec", "containers", 0, "env"))
                            .anySatisfy(variable -> assertThat(variable)
                                    .containsEntry("name", "QUARKUS_FLYWAY_MIGRATE_AT_START")
                                    .containsEntry("value", String.valueOf(overlay.equals("dev"))));
                }
            }
        }
    }

    @Test
    void shouldLogInAndReachKafkaInProduction() throws IOException, InterruptedException {
        var expected = Set.of(
                "QUARKUS_OIDC_CREDENTIALS_SECRET",
                "KAFKA_SSL_KEYSTORE_CERTIFICATE_CHAIN",
                "KAFKA_SSL_KEYSTORE_KEY",
                "KAFKA_SSL_TRUSTSTORE_CERTIFICATES");
        for (var manifest : rendered("production")) {
            if (manifest.kind().equals("Deployment")) {
                assertThat(manifest.list("spec", "template", "spec", "containers", 0, "env").stream()
                                .map(variable -> (String) variable.get("name")))
                        .containsAll(expected);
            }
        }
    }

    /** Empty without kubectl. */
    private static List<Manifest> rendered(String overlay) throws IOException, InterruptedException {
        var kubectl = kubectl();
        if (kubectl.isEmpty()) {
            assertThat(System.getenv("ERRAND_TEST_KUBECTL")).isNotEqualTo("required");
            return List.of();
        }
        var errors = Files.createTempFile("kustomize", ".log");
        try {
            var process = new ProcessBuilder(
                            kubectl.get().toString(),
                            "kustomize",
                            OVERLAYS.resolve(overlay).toString())
                    .redirectError(errors.toFile())
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
            var manifests = new ArrayList<>(Manifest.in(overlay, output));
            assertThat(manifests).hasSizeGreaterThan(2);
            return manifests;
        } finally {
            Files.delete(errors);
        }
    }

    private static Optional<Path> kubectl() {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(Optional.ofNullable(System.getenv("PATH")).orElse(""))
                .map(directory -> Path.of(directory, "kubectl"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
