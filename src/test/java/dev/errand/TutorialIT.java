package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.testsupport.ProjectCopy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Follows {@code src/docs/handlers.md} word for word: writes its files into a copy of the project and runs its command. */
@Tag("long")
class TutorialIT {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
    private static final Pattern FILE = Pattern.compile("(?s).*`([^`\n]+)`:\n\n$");

    @TempDir
    Path directory;

    @Test
    void shouldWorkAsTheTutorialSays() throws Exception {
        // Given
        var project = new ProjectCopy(
                directory.resolve("project"),
                List.of("pom.xml", "mvnw", ".mvn", "src/main", "src/test/java/dev/errand/testkit"));
        var tutorial = Files.readString(Path.of("src/docs/handlers.md"));
        var commands = new ArrayList<String>();
        int files = 0;
        var blocks = BLOCK.matcher(tutorial);
        while (blocks.find()) {
            var named = FILE.matcher(tutorial.substring(0, blocks.start()));
            if (blocks.group(1).isEmpty()) {
                commands.add(blocks.group(2).strip());
            } else {
                assertThat(named.matches())
                        .as("a file's name before " + blocks.group())
                        .isTrue();
                var file = project.file(named.group(1));
                Files.createDirectories(file.getParent());
                Files.writeString(file, blocks.group(2));
                files++;
            }
        }
        assertThat(files).isEqualTo(7);
        assertThat(commands).hasSize(1).allMatch(command -> command.startsWith("./mvnw "));

        // When
        var log = directory.resolve("log");
        var arguments = commands.get(0).substring("./mvnw ".length()).split(" ");
        var maven = project.mvnw(log, List.of(arguments));
        try {
            // Then
            assertThat(maven.waitFor(10, TimeUnit.MINUTES)).as("it ends").isTrue();
            assertThat(maven.exitValue()).as(Files.readString(log)).isZero();
            assertThat(Files.readString(log)).contains("Tests run: 3, Failures: 0, Errors: 0, Skipped: 0");
        } finally {
            maven.descendants().forEach(ProcessHandle::destroyForcibly);
            maven.destroyForcibly();
        }
    }
}
