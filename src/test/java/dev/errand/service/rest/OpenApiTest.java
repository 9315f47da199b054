package dev.errand.service.rest;

import static dev.errand.testsupport.People.viewer;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The description of the API is part of the contract: a change has to be committed as a change of its file. */
@QuarkusTest
class OpenApiTest {

    private static final Path COMMITTED = Path.of("src/docs/openapi.yaml");

    /** The current description. After a wanted change run {@code ./mvnw test -Dtest=OpenApiTest}, compare, and move this file. */
    private static final Path NOW = Path.of("target/openapi.yaml");

    @Test
    void shouldBeWhatIsCommitted() throws IOException {
        var now = viewer().get("/q/openapi?format=yaml")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        Files.writeString(NOW, now);

        assertThat(now)
                .as("target/openapi.yaml is the one of the code, src/docs/openapi.yaml the committed one")
                .isEqualTo(Files.readString(COMMITTED));
    }
}
