package dev.errand.dev.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Directories that are made once, and that all builds of this user share. */
final class SharedCache {

    /** Makes a directory, which is not there yet, and what is in it. */
    interface Maker {
        void make(Path directory) throws IOException;
    }

    private SharedCache() {}

    /** The directory of this name, made where it is missing; whole, or not there. */
    @SuppressWarnings("try") // the lock is held, not used
    static Path directory(String name, Maker maker) {
        var directory = home().resolve(name);
        try {
            Files.createDirectories(directory.getParent());
            // Two builds may start at once: the lock lets one make it and the other find it done.
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
            throw new UncheckedIOException("Cannot make " + directory, e);
        }
    }

    private static Path home() {
        var base = System.getenv("XDG_CACHE_HOME");
        return (base == null || base.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base))
                .resolve("errand");
    }
}
