package dev.errand.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A copy of this project, in which tests change files and run commands. */
public final class ProjectCopy {

    private final Path root;

    /** @param parts files and directories, by their paths in the project */
    public ProjectCopy(Path root, List<String> parts) throws IOException {
        this.root = root;
        for (var part : parts) {
            copy(Path.of(part), root.resolve(part));
        }
    }

    public Path file(String path) {
        return root.resolve(path);
    }

    /** Starts its {@code mvnw} with Maven's repository and the MySQL server of this build. */
    public Process mvnw(Path log, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                "./mvnw",
                "-B",
                "-Dmaven.repo.local=" + System.getProperty("maven.repo.local"),
                "-Derrand.dev.mysqld=" + System.getProperty("errand.dev.mysqld", "")));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (var path : paths.toList()) {
                var target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
