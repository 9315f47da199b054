package dev.errand.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The servers from which a build downloads can't change what it gets. */
class SupplyChainTest {

    @Test
    void shouldCheckMavenAgainstItsDigest() throws IOException {
        assertThat(Files.readAllLines(Path.of(".mvn/wrapper/maven-wrapper.properties")))
                .anyMatch(line -> line.matches("distributionUrl=https://.*\\.zip"))
                .anyMatch(line -> line.matches("distributionSha256Sum=[0-9a-f]{64}"));
    }

    /** A tag can be moved, a commit can't. The version in the comment is for people; Renovate updates both. */
    @Test
    void shouldNameActionsByCommit() throws IOException {
        try (Stream<Path> workflows = Files.list(Path.of(".github/workflows"))) {
            var used = workflows
                    .flatMap(workflow -> lines(workflow).stream())
                    .filter(line -> line.contains("uses:"))
                    .toList();

            assertThat(used)
                    .isNotEmpty()
                    .allMatch(line -> line.matches(" *- uses: [\\w./-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+"));
        }
    }

    /** Each image has at least a version, so that it does not change by itself. */
    @Test
    void shouldNameImagesByVersion() {
        var images = Stream.of(
                        "docker-compose.yml", "src/main/docker/Dockerfile.jvm", "src/main/docker/Dockerfile.native")
                .flatMap(file -> lines(Path.of(file)).stream())
                .filter(line -> line.matches(" *image: .*|FROM [^ ]*/.*"))
                .filter(line -> !line.matches(" *image: errand"))
                .toList();

        assertThat(images)
                .hasSizeGreaterThan(4)
                .allMatch(line -> line.matches(".*:v?\\d+(\\.\\d+)+(@sha256:\\S+)?( AS \\w+)?"));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
