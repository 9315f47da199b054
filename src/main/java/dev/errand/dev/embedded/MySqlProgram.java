package dev.errand.dev.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A {@code mysqld} of a version that Errand supports, and how it is run. */
record MySqlProgram(Path mysqld, MySqlVersion version) {

    private static final Duration INITIALISATION = Duration.ofMinutes(2);

    /** Run when the template is initialised: the database, and a user with all rights. */
    private static final String INITIAL_SQL = """
            CREATE DATABASE errand;
            CREATE USER 'errand'@'%' IDENTIFIED BY 'errand';
            GRANT ALL ON *.* TO 'errand'@'%';
            """;

    /**
     * @throws EmbeddedServiceException if it is not a MySQL server of a supported version; the message says what to do
     */
    static MySqlProgram of(Path mysqld) {
        return new MySqlProgram(mysqld, MySqlVersion.of(mysqld));
    }

    /** The command that runs the server on a data directory. */
    List<String> command(Path dataDirectory, List<String> options) {
        var command = new ArrayList<>(List.of(
                mysqld.toString(),
                "--no-defaults",
                "--datadir=" + dataDirectory,
                "--innodb-use-native-aio=OFF",
                "--log-error-verbosity=2"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.addAll(options);
        return command;
    }

    /**
     * An initialised data directory of this version, made once. No server runs on it; each gets a copy.
     *
     * @param progress receives a message before each step that takes long
     * @throws EmbeddedServiceException if the server can't run on this machine
     */
    Path template(Consumer<String> progress) {
        return SharedCache.directory("mysql-data-" + version.text(), directory -> {
            progress.accept("Initialising a data directory of MySQL " + version.text() + ", once");
            // Ubuntu's AppArmor profile, for example, denies an installed server access to home directories.
            var work = WorkDirectory.create("mysql");
            try {
                initialise(work);
                WorkDirectory.copy(work.resolve("data"), directory);
            } finally {
                WorkDirectory.delete(work);
            }
        });
    }

    private void initialise(Path directory) throws IOException {
        var log = directory.resolve("log");
        var sql = Files.writeString(directory.resolve("initial.sql"), INITIAL_SQL);
        var command = command(
                directory.resolve("data"),
                List.of("--initialize-insecure", "--innodb-redo-log-capacity=32M", "--init-file=" + sql));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!succeeded(process)) {
            throw new EmbeddedServiceException(
                    mysqld + " could not initialise its data directory:\n" + Files.readString(log));
        }
    }

    private static boolean succeeded(Process process) {
        try {
            if (process.waitFor(INITIALISATION.toSeconds(), TimeUnit.SECONDS)) {
                return process.exitValue() == 0;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return false;
    }
}
