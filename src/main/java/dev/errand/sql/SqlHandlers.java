package dev.errand.sql;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** The handlers that are declared in files. Immutable and thread-safe. */
@Singleton
public final class SqlHandlers {

    private final List<SqlHandler> all;

    /**
     * Reads them and asks the database about each statement, after the migrations.
     *
     * @param paths files, or directories whose {@code .yaml} and {@code .yml} files are taken in the order of their names
     * @throws IllegalStateException if anything is wrong with one: with file, line and reason
     */
    @Inject
    public SqlHandlers(
            @ConfigProperty(name = "errand.sql-handlers") Optional<List<Path>> paths,
            Session session,
            DataSource dataSource) {
        List<SqlHandler> handlers = new ArrayList<>();
        for (var path : paths.orElse(List.of())) {
            for (var file : files(path)) {
                handlers.addAll(new SqlHandlerFile(file, session).read(sql -> refusal(dataSource, sql)));
            }
        }
        this.all = List.copyOf(handlers);
    }

    /** All of them, in the order of their files. */
    public List<SqlHandler> all() {
        return all;
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (var entries = Files.list(path)) {
            return entries.filter(each ->
                            each.toString().endsWith(".yaml") || each.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("errand.sql-handlers: " + path + " can't be read: " + e, e);
        }
    }

    /** By a prepared statement on the server, which is not executed. */
    private static @Nullable String refusal(DataSource dataSource, String sql) {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement()) {
            try (var text = connection.prepareStatement("SET @errand_statement = ?")) {
                text.setString(1, sql);
                text.execute();
            }
            statement.execute("PREPARE errand_check FROM @errand_statement");
            statement.execute("DEALLOCATE PREPARE errand_check");
            return null;
        } catch (SQLException e) {
            return e.getMessage();
        }
    }
}
