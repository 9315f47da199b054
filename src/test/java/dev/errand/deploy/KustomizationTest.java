package dev.errand.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors that Kustomize would find: missing files, patches without a target, settings and Secrets that nobody provides. */
class KustomizationTest {

    private static final Path DEPLOY = Path.of("deploy");

    /** The directories for {@code kubectl apply -k}; components are parts of these. */
    private static final List<String> APPLIED =
            List.of("overlays/dev", "overlays/production", "overlays/production/migration");

    /** Files that belong to no kustomization: those of Prometheus and Grafana for Compose, and the namespace, which is applied once. */
    private static final Set<String> BY_THEMSELVES = Set.of(
            "components/monitoring/errand-alerts.yaml",
            "components/monitoring/prometheus.yml",
            "components/monitoring/grafana-datasource.yml",
            "components/monitoring/grafana-dashboards.yml",
            "overlays/production/namespace.yaml");

    static List<Kustomization> kustomizations() {
        return Kustomization.below(DEPLOY);
    }

    static Stream<Kustomization> applied() {
        return APPLIED.stream().map(DEPLOY::resolve).map(Kustomization::new);
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void shouldNameOnlyWhatIsThere(Kustomization kustomization) {
        assertThat(kustomization.references())
                .allSatisfy(file -> assertThat(file).exists());
        assertThat(kustomization.manifest().content().keySet())
                .isSubsetOf(
                        "apiVersion",
                        "kind",
                        "namespace",
                        "labels",
                        "resources",
                        "components",
                        "configMapGenerator",
                        "images",
                        "replicas",
                        "patches");
    }

    @Test
    void shouldLeaveNoFileOut() throws IOException {
        var named = new HashSet<Path>();
        kustomizations().forEach(each -> named.addAll(each.references()));
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            assertThat(files.filter(file -> file.toString().matches(".*\\.(yaml|yml|env)"))
                            .filter(file -> !file.endsWith("kustomization.yaml"))
                            .filter(file -> !BY_THEMSELVES.contains(
                                    DEPLOY.relativize(file).toString().replace('\\', '/'))))
                    .isNotEmpty()
                    .isSubsetOf(named);
        }
    }

    @ParameterizedTest
    @MethodSource("applied")
    void shouldPatchWhatIsThere(Kustomization kustomization) {
        var manifests = kustomization.manifests();
        assertThat(kustomization.targets()).allSatisfy(target -> assertThat(manifests)
                .anyMatch(manifest -> manifest.kind().equals(target.get("kind"))
                        && (!target.containsKey("name") || manifest.name().equals(target.get("name")))));
    }

    @ParameterizedTest
    @MethodSource("applied")
    void shouldNameEachResourceOnce(Kustomization kustomization) {
        assertThat(kustomization.manifests().stream().map(manifest -> manifest.kind() + " " + manifest.name()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("applied")
    void shouldProvideTheSettingsThatPodsTake(Kustomization kustomization) {
        // Given
        var settings = kustomization.settings();

        // Then
        for (var container : containers(kustomization)) {
            for (var source : container.list("envFrom")) {
                if (source.get("configMapRef") != null) {
                    assertThat(settings).containsKey((String)
                            Manifest.asMap(source.get("configMapRef")).get("name"));
                }
            }
            for (var variable : container.list("env")) {
                var reference =
                        Manifest.asMap(Manifest.asMap(variable.get("valueFrom")).get("configMapKeyRef"));
                if (!reference.isEmpty()) {
                    assertThat(settings.getOrDefault((String) reference.get("name"), List.of()))
                            .contains((String) reference.get("key"));
                }
            }
            assertThat(settings.get("errand-settings"))
                    .contains("KAFKA_BOOTSTRAP_SERVERS", "QUARKUS_DATASOURCE_JDBC_URL")
                    // Passwords and secrets belong into Secrets.
                    .noneMatch(key -> key.contains("PASSWORD") || key.contains("SECRET"));
        }
    }

    @Test
    void shouldTellOfEverySecret() throws IOException {
        var readme = Files.readString(DEPLOY.resolve("README.md"));
        var secrets = new HashSet<String>();
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            files.filter(file -> file.toString().endsWith(".yaml"))
                    .flatMap(file -> Manifest.in(file).stream())
                    .forEach(manifest -> collect(manifest.content(), secrets));
        }
        assertThat(secrets).hasSizeGreaterThan(4).allSatisfy(secret -> assertThat(readme)
                .contains("`" + secret + "`"));
    }

    @Test
    void shouldHoldNoSecret() throws IOException {
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            assertThat(files.filter(file -> file.toString().endsWith(".yaml"))
                            .flatMap(file -> Manifest.in(file).stream())
                            .map(manifest -> manifest.content().get("kind")))
                    .doesNotContain("Secret");
        }
    }

    private static List<Manifest> containers(Kustomization kustomization) {
        return kustomization.manifests().stream()
                .flatMap(manifest -> manifest.list("spec", "template", "spec", "containers").stream()
                        .map(container -> new Manifest(manifest.toString(), container)))
                .toList();
    }

    /** Collects the names of Secrets from all references, including those in inline patches of a kustomization. */
    private static void collect(Object value, Set<String> secrets) {
        if (value instanceof Map<?, ?> map) {
            for (var reference : List.of("secretKeyRef", "secretRef")) {
                if (map.get(reference) instanceof Map<?, ?> secret) {
                    secrets.add((String) secret.get("name"));
                }
            }
            if (map.get("secretTargetRef") instanceof List<?> targets) {
                targets.forEach(
                        target -> secrets.add((String) Manifest.asMap(target).get("name")));
            }
            var children = new ArrayList<Object>(map.values());
            children.forEach(child -> collect(child, secrets));
        } else if (value instanceof List<?> list) {
            list.forEach(child -> collect(child, secrets));
        } else if (value instanceof String text && text.startsWith("- op:")) {
            for (var operation : new org.yaml.snakeyaml.Yaml().<List<Object>>load(text)) {
                collect(operation, secrets);
            }
        }
    }
}
