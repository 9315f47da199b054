package dev.errand.engine.handlers.sql;

import dev.errand.engine.query.Sql;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.Session;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The handlers that are declared in files. Thread-safe. */
@Singleton
public final class SqlHandlers {

    private static final Logger LOG = Logger.getLogger(SqlHandlers.class);

    private final List<SqlHandler> all;
    private final List<SqlHandlerFile> files = new ArrayList<>();
    private final DataSource dataSource;
    private boolean checked;

    /** The database is not available now. */
    private static final class Away extends RuntimeException {

        private static final long serialVersionUID = 1;

        Away(SQLException cause) {
            super(cause);
        }
    }

    /**
     * Reads the files, after the migrations, and checks each statement against the database. If the database is not available, they
     * are checked later, see {@link #check}.
     *
     * @param paths files, or directories whose {@code .yaml} and {@code .yml} files are read in the order of their names
     * @throws IllegalStateException if a file is invalid, or the database refuses a statement; with file, line and reason
     */
    @Inject
    public SqlHandlers(
            @ConfigProperty(name = "errand.sql-handlers") Optional<List<Path>> paths,
            Session session,
            DataSource dataSource) {
        this.dataSource = dataSource;
        List<SqlHandler> handlers = new ArrayList<>();
        for (var path : paths.orElse(List.of())) {
            for (var each : files(path)) {
                var file = new SqlHandlerFile(each, session);
                files.add(file);
                handlers.addAll(file.read(sql -> null));
            }
        }
        this.all = List.copyOf(handlers);
        if (!check()) {
            LOG.warn(
                    "MySQL is not available: the statements of errand.sql-handlers are checked when it is, and no action"
                            + " is processed before");
        }
    }

    /**
     * Checks the statements against the database, if that has not been done.
     *
     * @return true if the database accepts all statements; false if it is not available
     * @throws IllegalStateException if the database refuses a statement; with file, line and reason
     */
    public synchronized boolean check() {
        if (!checked) {
            try {
                files.forEach(file -> file.read(sql -> refusal(dataSource, sql)));
                checked = true;
            } catch (Away e) {
                LOG.debug("The statements of errand.sql-handlers can't be checked yet", e);
            }
        }
        return checked;
    }

    /** All SQL handlers, in the order of their files. */
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

    /**
     * Checks a statement by preparing it on the server without executing it.
     *
     * @return why it is refused; null if it is accepted
     */
    private static @Nullable String refusal(DataSource dataSource, String sql) {
        Connection connection;
        try {
            connection = dataSource.getConnection();
        } catch (SQLException e) {
            throw new Away(e);
        }
        try (connection;
                var statement = connection.createStatement()) {
            Sql.of(connection, "SET @errand_statement = :statement")
                    .bind("statement", sql)
                    .update();
            statement.execute("PREPARE errand_check FROM @errand_statement");
            statement.execute("DEALLOCATE PREPARE errand_check");
            return null;
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith("08")) {
                throw new Away(e);
            }
            return e.getMessage();
        }
    }
}
