package dev.errand.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks of {@code docker-compose.yml} that need no container runtime. */
class ComposeTest {

    private static final Path FILE = Path.of("docker-compose.yml");
    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{(\\w+)([^}]*)}");

    /** The fields of the Compose specification that are used here. Compose refuses unknown fields. */
    private static final Set<String> FIELDS = Set.of(
            "image",
            "build",
            "profiles",
            "depends_on",
            "environment",
            "command",
            "ports",
            "volumes",
            "read_only",
            "tmpfs",
            "cap_drop",
            "security_opt",
            "mem_limit",
            "healthcheck",
            "stop_grace_period",
            "restart");

    private final Manifest compose = Manifest.in(FILE).get(0);

    @Test
    void shouldHaveOnlyWhatServicesMayHave() {
        assertThat(compose.content().keySet()).containsExactlyInAnyOrder("services", "volumes");
        assertThat(compose.map("services").keySet())
                .containsExactlyInAnyOrder("mysql", "kafka", "errand", "prometheus", "grafana");
        for (var service : compose.map("services").values()) {
            assertThat(Manifest.asMap(service).keySet()).isSubsetOf(FIELDS);
        }
    }

    @Test
    void shouldWaitUntilWhatItNeedsIsHealthy() {
        for (var name : compose.map("services").keySet()) {
            assertThat(compose.at("services", name, "healthcheck", "test")).isInstanceOf(List.class);
            compose.map("services", name, "depends_on").forEach((needed, how) -> {
                assertThat(compose.map("services")).containsKey(needed);
                assertThat(Manifest.asMap(how)).containsEntry("condition", "service_healthy");
            });
        }
        assertThat(compose.map("services", "errand", "depends_on")).containsOnlyKeys("mysql", "kafka");
    }

    @Test
    void shouldListenOnThisMachineOnly() {
        for (var name : compose.map("services").keySet()) {
            assertThat((List<?>) compose.at("services", name, "ports"))
                    .allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:"));
        }
    }

    @Test
    void shouldAskForPasswordsAndHaveNone() throws IOException {
        // Given
        var asked = new HashSet<String>();
        var variables = VARIABLE.matcher(Files.readString(FILE));
        while (variables.find()) {
            asked.add(variables.group(1));
            assertThat(variables.group(2)).startsWith(":?");
        }
        // Then
        assertThat(asked)
                .containsExactlyInAnyOrder(
                        "ERRAND_DATABASE_PASSWORD", "ERRAND_OPERATOR_PASSWORD", "GRAFANA_ADMIN_PASSWORD");
        assertThat(Files.readAllLines(Path.of(".env.example")).stream().filter(line -> !line.startsWith("#")))
                .containsExactlyInAnyOrderElementsOf(
                        asked.stream().map(name -> name + "=").toList());
        assertThat(Files.readAllLines(Path.of(".gitignore"))).contains(".env");
    }

    @Test
    void shouldTellEachClientAnAddressThatItCanReach() {
        assertThat(compose.text("services", "kafka", "environment", "KAFKA_ADVERTISED_LISTENERS"))
                .isEqualTo("HOST://localhost:9092,INSIDE://kafka:19092");
        assertThat(compose.text("services", "errand", "environment", "KAFKA_BOOTSTRAP_SERVERS"))
                .isEqualTo("kafka:19092");
    }

    @Test
    void shouldRunErrandAsInKubernetes() {
        assertThat(compose.at("services", "errand", "read_only")).isEqualTo(true);
        assertThat(compose.at("services", "errand", "cap_drop")).isEqualTo(List.of("ALL"));
        // The application loads native code from there.
        assertThat(compose.at("services", "errand", "tmpfs", 0).toString()).startsWith("/tmp:exec");
        assertThat(compose.text("services", "errand", "stop_grace_period")).isEqualTo("40s");
        assertThat(Path.of(compose.text("services", "errand", "build", "dockerfile")))
                .exists();
    }

    @Test
    void shouldMountWhatIsThere() {
        for (var name : compose.map("services").keySet()) {
            if (compose.at("services", name, "volumes") instanceof List<?> volumes) {
                for (var volume : volumes) {
                    var source = volume.toString().split(":")[0];
                    if (source.startsWith("./")) {
                        assertThat(Path.of(source)).exists();
                    } else {
                        assertThat(compose.map("volumes")).containsKey(source);
                    }
                }
            }
        }
    }
}
