package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code application.properties} as a text. */
class ConfigurationTest {

    @Test
    void shouldSayEachKeyOnce() throws IOException {
        // Two branches that add the same key merge without a conflict, and one of the two values is lost.
        assertThat(Files.readAllLines(Path.of("src/main/resources/application.properties")).stream()
                        .filter(line -> line.matches("[%\\w].*=.*"))
                        .map(line -> line.substring(0, line.indexOf('='))))
                .hasSizeGreaterThan(50)
                .doesNotHaveDuplicates();
    }
}
