package dev.errand.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A database user with the four rights that a service's user has in production, on servers of a test's own. */
public final class ServiceUser {

    private static final String NAME = "errand_service";

    private ServiceUser() {}

    /** Options of a server, and the one that makes the user at its start. */
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

    /** Configuration that lets Errand be this user at run time, and another that migrates first. */
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
