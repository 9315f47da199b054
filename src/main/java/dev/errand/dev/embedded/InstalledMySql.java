package dev.errand.dev.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A server that is installed on this machine.
 *
 * @param path its program, or a script that becomes it by {@code exec}
 */
public record InstalledMySql(Path path) implements MySqlDistribution {

    @Override
    public Path mysqld(Consumer<String> progress) {
        // Whatever directory a server is started in.
        var absolute = path.toAbsolutePath();
        if (!Files.exists(absolute)) {
            throw wrong("there is no such file");
        }
        if (Files.isDirectory(absolute)) {
            throw wrong("that is a directory");
        }
        if (!Files.isExecutable(absolute)) {
            throw wrong("this user may not execute it");
        }
        return absolute;
    }

    private EmbeddedServiceException wrong(String why) {
        return new EmbeddedServiceException("errand.dev.mysqld is " + path.toAbsolutePath() + ", but " + why
                + ": set it to the program of a MySQL server, such as /usr/sbin/mysqld, or leave it out to have one from"
                + " Maven Central.");
    }
}
