package dev.errand.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The JVM image contains all files of the packaged application. */
class DockerfileIT {

    private static final Path APPLICATION = Path.of("target/quarkus-app");

    @Test
    void shouldCopyWhatIsPackaged() throws IOException {
        var sources = Dockerfile.in(Path.of("src/main/docker/Dockerfile.jvm")).sources().stream()
                .map(Path::of)
                .toList();
        assertThat(sources).allSatisfy(source -> assertThat(source).exists());
        try (Stream<Path> packaged = Files.list(APPLICATION)) {
            assertThat(packaged.filter(path -> !path.endsWith("quarkus-app-dependencies.txt")))
                    .containsExactlyInAnyOrderElementsOf(sources);
        }
    }
}
