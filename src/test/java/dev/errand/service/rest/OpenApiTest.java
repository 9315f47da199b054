package dev.errand.service.rest;

import static dev.errand.testsupport.People.viewer;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The API's description is a part of the contract: a change of it is a change of a file, which somebody reads. */
@QuarkusTest
class OpenApiTest {

    private static final Path COMMITTED = Path.of("src/docs/openapi.yaml");

    /** Where it is wanted: {@code ./mvnw test -Dtest=OpenApiTest}, then compare and move the file. */
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
