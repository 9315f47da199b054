package dev.errand.dev.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Directories that are created once and shared by all builds of this user. */
final class SharedCache {

    /** Creates a directory that does not exist yet, with its contents. */
    interface Maker {
        void make(Path directory) throws IOException;
    }

    private SharedCache() {}

    /** The directory of this name, created if it is missing. Other processes see it only when it is complete. */
    @SuppressWarnings("try") // the lock is held, not used
    static Path directory(String name, Maker maker) {
        var directory = home().resolve(name);
        try {
            Files.createDirectories(directory.getParent());
            // Two builds may start at once: the lock lets one create it and the other find it complete.
            try (var channel = FileChannel.open(
                            directory.resolveSibling(name + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                if (!Files.exists(directory)) {
                    var unfinished = directory.resolveSibling(name + ".part");
                    WorkDirectory.delete(unfinished);
                    maker.make(unfinished);
                    Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create " + directory, e);
        }
    }

    private static Path home() {
        var base = System.getenv("XDG_CACHE_HOME");
        return (base == null || base.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base))
                .resolve("errand");
    }
}
