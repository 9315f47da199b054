package dev.errand.dev.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A temporary directory of one embedded server, named after the process that owns it, so that what a killed owner left
 * behind is found and removed by the next one.
 */
final class WorkDirectory {

    private static final String PREFIX = "errand-";
    private static final Path PARENT = Path.of(System.getProperty("java.io.tmpdir"));

    private WorkDirectory() {}

    static Path create(String server) {
        removeOrphans();
        try {
            return Files.createTempDirectory(
                    PARENT, PREFIX + ProcessHandle.current().pid() + "-" + server + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create a directory for " + server + " in " + PARENT, e);
        }
    }

    private static void removeOrphans() {
        try (var directories = Files.newDirectoryStream(PARENT, PREFIX + "[0-9]*-*-*")) {
            for (var directory : directories) {
                if (!ownerIsAlive(directory.getFileName().toString()) && !serverIsAlive(directory)) {
                    delete(directory);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look for abandoned directories in " + PARENT, e);
        }
    }

    private static boolean ownerIsAlive(String directoryName) {
        try {
            var pid = Long.parseLong(directoryName.split("-", 3)[1]);
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        } catch (NumberFormatException notOurs) {
            return true;
        }
    }

    /** A server ends after its owner. Until then its files must stay, otherwise it might not end. */
    private static boolean serverIsAlive(Path directory) {
        try {
            var pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        } catch (IOException | NumberFormatException neverStarted) {
            return false;
        }
    }

    /** Deletes the directory and everything in it; it is no error if something is gone already. */
    static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + directory, e);
        }
    }

    static void copy(Path from, Path to) {
        try (var paths = Files.walk(from)) {
            for (var iterator = paths.iterator(); iterator.hasNext(); ) {
                var path = iterator.next();
                var target = to.resolve(from.relativize(path));
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy " + from + " to " + to, e);
        }
    }
}
