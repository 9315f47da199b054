package dev.errand.dev.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The version that a MySQL server reports.
 *
 * @param text such as {@code 8.0.33} or {@code 9.7.4-1}, which also tells builds apart
 */
record MySqlVersion(String text) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A server's answer begins with the name it was called by. MySQL's clients answer alike, under other names. */
    private static final Pattern SERVER =
            Pattern.compile("(?m)^(?:.*/)?mysqld(?!ump)[^/\\s]* +Ver (\\d+\\.\\d+\\.\\S+)");

    private static final Pattern SUPPORTED = Pattern.compile("(?:8\\.0|8\\.4|9\\.\\d+)\\..*");

    private static final Pattern MISSING_LIBRARY =
            Pattern.compile("loading shared libraries: (\\S+): cannot open shared object file");

    private static final String ELSE =
            " Or use containers (-Derrand.dev.containers=true), or set quarkus.datasource.jdbc.url to a"
                    + " MySQL server of your own.";

    /**
     * Runs the program with {@code --version}.
     *
     * @throws EmbeddedServiceException if it can't be run, is not a MySQL server, or has a version that Errand does not
     *     support
     */
    static MySqlVersion of(Path mysqld) {
        return of(mysqld, PATIENCE);
    }

    static MySqlVersion of(Path mysqld, Duration patience) {
        var answer = answer(mysqld, patience);
        var library = MISSING_LIBRARY.matcher(answer);
        if (library.find()) {
            throw new EmbeddedServiceException(mysqld + " needs " + library.group(1)
                    + ", which this machine lacks: install it (libnuma.so.1 is in libnuma1 of Debian and Ubuntu and in"
                    + " numactl-libs of Fedora, libaio.so.1 in libaio1 or libaio1t64 and in libaio)." + ELSE);
        }
        var server = SERVER.matcher(answer);
        if (!server.find()) {
            throw new EmbeddedServiceException(mysqld + " is no MySQL server: asked for its --version it says\n"
                    + answer.strip() + "\nSet errand.dev.mysqld to a mysqld, such as /usr/sbin/mysqld." + ELSE);
        }
        var version = server.group(1);
        if (!SUPPORTED.matcher(version).matches()) {
            throw new EmbeddedServiceException(mysqld + " is version " + version
                    + ", and Errand needs MySQL 8.0, 8.4 or 9.x: set errand.dev.mysqld to one of these, or leave it out to"
                    + " have one from Maven Central." + ELSE);
        }
        return new MySqlVersion(version);
    }

    private static String answer(Path mysqld, Duration patience) {
        try {
            var process = new ProcessBuilder(List.of(mysqld.toString(), "--version"))
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            // The output is read after the end: a version fits into the pipe's buffer, and other programs may block.
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new EmbeddedServiceException(
                        mysqld + " is no MySQL server: asked for its --version it did not end"
                                + " within " + patience.toSeconds() + " s. Set errand.dev.mysqld to a mysqld, such as"
                                + " /usr/sbin/mysqld." + ELSE);
            }
            try (var output = process.getInputStream()) {
                return new String(output.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new EmbeddedServiceException(
                    mysqld + " can't be run on this machine: " + e.getMessage() + "." + ELSE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedServiceException("Interrupted while asking " + mysqld + " for its version", e);
        }
    }
}
