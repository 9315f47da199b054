package dev.errand.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A database user with the four rights that Errand's user has in production. */
public final class ServiceUser {

    private static final String NAME = "errand_service";

    private ServiceUser() {}

    /** The options of a server with one more, which creates the user at the server's start. */
    public static List<String> with(List<String> options) {
        try {
            var file = Files.createTempFile("service-user", ".sql");
            Files.writeString(file, """
                    CREATE USER IF NOT EXISTS 'errand_service'@'%' IDENTIFIED BY 'errand_service';
                    GRANT SELECT, INSERT, UPDATE, DELETE ON errand.* TO 'errand_service'@'%';
                    """);
            file.toFile().deleteOnExit();
            var all = new ArrayList<>(options);
            all.add("--init-file=" + file);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Configuration with which Errand is this user at run time, and another user migrates the schema. */
    public static Map<String, String> configuration(String jdbcUrl, String migrationUrl) {
        return Map.of(
                "quarkus.datasource.jdbc.url", jdbcUrl,
                "quarkus.datasource.username", NAME,
                "quarkus.datasource.password", NAME,
                "quarkus.flyway.jdbc-url", migrationUrl,
                "quarkus.flyway.username", "errand",
                "quarkus.flyway.password", "errand");
    }
}
