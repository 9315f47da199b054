package dev.errand.dev.embedded;

import io.quarkus.deployment.builditem.Startable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A real MySQL server on a free loopback port with an empty database {@code errand}. Its data is deleted when it is
 * closed.
 *
 * <p>Not thread-safe: one owner starts and closes it.
 */
public final class MySqlServer implements Startable {

    private static final Logger LOG = Logger.getLogger(MySqlServer.class);

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    /** Modest memory, and no flush to disk at each commit: the data need only survive the server, not the machine. */
    private static final List<String> DEVELOPMENT_OPTIONS = List.of(
            "--innodb-flush-log-at-trx-commit=2",
            "--skip-log-bin",
            "--innodb-redo-log-capacity=64M",
            "--innodb-buffer-pool-size=128M",
            "--performance-schema=OFF",
            "--max-connections=200");

    private final MySqlDistribution distribution;
    private final List<String> options;
    private @Nullable Path directory;
    private @Nullable ServerProcess process;
    private int port;

    /** A server for development and tests. */
    public MySqlServer(MySqlDistribution distribution) {
        this(distribution, DEVELOPMENT_OPTIONS);
    }

    /** A server with these options, as {@code mysqld} takes them on its command line, in place of the usual ones. */
    public MySqlServer(MySqlDistribution distribution, List<String> options) {
        this.distribution = distribution;
        this.options = List.copyOf(options);
    }

    /**
     * Starts the server, or starts it again on the same port and data after {@link #kill}.
     *
     * @throws EmbeddedServiceException if it can't be started; the message says why and what to do
     */
    @Override
    public void start() {
        var program = MySqlProgram.of(distribution.mysqld(LOG::info));
        if (directory == null) {
            var template = program.template(LOG::info);
            var home = WorkDirectory.create("mysql");
            directory = home;
            WorkDirectory.copy(template, home.resolve("data"));
            restrictAccess(home.resolve("data"));
            // The file has the server's id, which must be different for each server.
            WorkDirectory.delete(home.resolve("data").resolve("auto.cnf"));
            Ports.untilBound(() -> startOnFreePort(program, home), this::close);
        } else {
            run(program, directory);
        }
    }

    private void startOnFreePort(MySqlProgram program, Path home) {
        port = Ports.free();
        run(program, home);
    }

    private void run(MySqlProgram program, Path home) {
        var all = new ArrayList<>(List.of(
                "--port=" + port,
                "--bind-address=127.0.0.1",
                // Not every build of MySQL has the X protocol.
                "--loose-mysqlx=OFF",
                "--skip-name-resolve",
                // The default of MySQL's own builds; packages set a directory that only their installation creates.
                "--secure-file-priv=NULL",
                "--socket=" + home.resolve("s"),
                "--pid-file=" + home.resolve("mysqld.pid"),
                "--default-time-zone=+00:00"));
        all.addAll(options);
        var started = ServerProcess.start("MySQL", program.command(home.resolve("data"), all), home);
        process = started;
        started.awaitReady(() -> Ports.accepts(port), READY_WITHIN);
    }

    /** Ends the server with SIGKILL, as a crash would; {@link #start} brings it back. */
    public void kill() {
        if (process != null) {
            process.kill();
        }
    }

    /** The server's own process, for measuring it; empty when it does not run. */
    public java.util.Optional<ProcessHandle> handle() {
        return process == null ? java.util.Optional.empty() : process.server();
    }

    /** The port on the loopback interface. */
    public int port() {
        return port;
    }

    /** The JDBC address of the database {@code errand}. User and password are {@code errand}. */
    public String jdbcUrl() {
        // The driver's own tracing finds no matching OpenTelemetry in Quarkus's class loaders for tests.
        return "jdbc:mysql://127.0.0.1:" + port
                + "/errand?sslMode=DISABLED&allowPublicKeyRetrieval=true&openTelemetry=DISABLED";
    }

    @Override
    public String getConnectionInfo() {
        return jdbcUrl();
    }

    @Override
    public @Nullable String getContainerId() {
        return null;
    }

    /** Stops the server and deletes its data. Does nothing if it was closed before. */
    @Override
    public void close() {
        if (process != null) {
            process.stop();
            process = null;
        }
        if (directory != null) {
            WorkDirectory.delete(directory);
            directory = null;
        }
    }

    private static void restrictAccess(Path data) {
        try {
            Files.setPosixFilePermissions(data, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot restrict the access to " + data, e);
        }
    }
}
