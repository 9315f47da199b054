package dev.errand.dev.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A MySQL server that is installed on this machine.
 *
 * @param path its program, or a script that becomes the program by {@code exec}
 */
public record InstalledMySql(Path path) implements MySqlDistribution {

    @Override
    public Path mysqld(Consumer<String> progress) {
        // Absolute, because the server may be started in another directory.
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
