package dev.errand.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Checks of the Dockerfiles that need neither a container runtime nor a package. {@link DockerfileIT} needs the package. */
class DockerfileTest {

    static final List<Path> FILES = Dockerfile.ALL;

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldRunAsAUserWithANumber(Path file) throws IOException {
        var dockerfile = Dockerfile.in(file);
        assertThat(dockerfile.last("USER").rest()).matches("[1-9][0-9]*");
        // It must stand in the last stage; an earlier one does not count.
        assertThat(dockerfile.instructions().lastIndexOf(dockerfile.last("USER")))
                .isGreaterThan(dockerfile.instructions().lastIndexOf(dockerfile.last("FROM")));
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldLetTheSignalReachTheProcess(Path file) throws IOException {
        var dockerfile = Dockerfile.in(file);
        // Otherwise a shell is process 1 and does not pass SIGTERM on.
        assertThat(entryPoint(dockerfile)).hasSizeGreaterThan(2).doesNotContain("sh", "bash", "-c");
        assertThat(dockerfile.all("CMD")).isEmpty();
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldEndWhenMemoryDoesAndWriteToTmpOnly(Path file) throws IOException {
        assertThat(entryPoint(Dockerfile.in(file)))
                .contains("-XX:+ExitOnOutOfMemoryError", "-Djava.io.tmpdir=/tmp")
                .anyMatch(option -> option.matches("-XX:(MaxRAMPercentage|MaximumHeapSizePercent)=[0-9]+"));
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldTakeNothingFromElsewhere(Path file) throws IOException {
        var dockerfile = Dockerfile.in(file);
        assertThat(dockerfile.all("ADD")).isEmpty();
        assertThat(dockerfile.sources()).isNotEmpty().allMatch(source -> source.startsWith("target/"));
        assertThat(dockerfile.all("FROM"))
                // Each is pinned to a version or is a stage of this file.
                .allSatisfy(from -> assertThat(from.words().get(0)).matches(".+:[0-9.]+|application"));
        assertThat(Stream.of("curl", "wget", "dnf", "microdnf")).noneMatch(tool -> dockerfile.all("RUN").stream()
                .anyMatch(run -> run.rest().contains(tool)));
    }

    private static List<String> entryPoint(Dockerfile dockerfile) throws IOException {
        return new ObjectMapper().readValue(dockerfile.last("ENTRYPOINT").rest(), new TypeReference<>() {});
    }
}
