package dev.errand.testsupport;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The packaged application as a process of its own. For one thread. */
public final class Application implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(120);

    private static final String USERS = "quarkus.security.users.embedded.";

    private static final Pattern LISTENING = Pattern.compile("Listening on: (http://[^ \\n]+?)\\.?\\s");

    private static final Pattern MANAGEMENT =
            Pattern.compile("Management interface listening on (http://[^ \\n]+?)\\.?\\s");

    private final Path log;
    private final Process process;

    private Application(Path log, Process process) {
        this.log = log;
        this.process = process;
    }

    /**
     * Starts the application; see {@link #awaitReady}.
     *
     * @param log the file that takes its output
     * @param jvm options such as {@code -Xmx256m}
     * @param configuration keys and values
     */
    public static Application start(Path log, List<String> jvm, Map<String, String> configuration) {
        return start(log, jvm, configuration, Map.of());
    }

    /** @param environment variables that the process gets in addition */
    public static Application start(
            Path log, List<String> jvm, Map<String, String> configuration, Map<String, String> environment) {
        return start(Path.of(System.getProperty("errand.test.application")), log, jvm, configuration, environment);
    }

    /** @param jar of an application that is built with other handlers */
    public static Application start(
            Path jar, Path log, List<String> jvm, Map<String, String> configuration, Map<String, String> environment) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // As in the images: in production the application does not start without this option.
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(jvm);
        configuration.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add("-jar");
        command.add(jar.toString());
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            process.environment().putAll(environment);
            return new Application(log, process.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The configuration for these servers, with the users of the tests. */
    public static Map<String, String> reaching(String bootstrapServers, String jdbcUrl) {
        return Map.ofEntries(
                Map.entry("kafka.bootstrap.servers", bootstrapServers),
                Map.entry("quarkus.datasource.jdbc.url", jdbcUrl),
                Map.entry("quarkus.datasource.username", "errand"),
                Map.entry("quarkus.datasource.password", "errand"),
                Map.entry("quarkus.http.host", "127.0.0.1"),
                Map.entry("quarkus.http.port", "0"),
                Map.entry("quarkus.management.host", "127.0.0.1"),
                Map.entry("quarkus.management.port", "0"),
                Map.entry("quarkus.log.console.json.enabled", "false"),
                Map.entry(USERS + "users." + People.OPERATOR, People.OPERATOR_PASSWORD),
                Map.entry(USERS + "roles." + People.OPERATOR, "operator"),
                Map.entry(USERS + "users." + People.VIEWER, People.VIEWER_PASSWORD),
                Map.entry(USERS + "roles." + People.VIEWER, "viewer"));
    }

    public Application awaitReady() {
        await().atMost(READY_WITHIN).pollInterval(Duration.ofMillis(20)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("The application ended:\n" + output());
            }
            return output().contains("Installed features");
        });
        return this;
    }

    /** The URL of HTTP, once the application is ready. */
    public String url() {
        var matcher = LISTENING.matcher(output());
        if (!matcher.find()) {
            throw new IllegalStateException("It does not say where it listens:\n" + output());
        }
        return matcher.group(1);
    }

    /** The URL of the management interface with health and metrics, once the application is ready. */
    public String managementUrl() {
        var matcher = MANAGEMENT.matcher(output());
        if (!matcher.find()) {
            throw new IllegalStateException("It does not say where its management interface is:\n" + output());
        }
        return matcher.group(1);
    }

    /** All that the process has printed so far. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** The resident memory of the process in bytes; only on Linux. */
    public long residentBytes() {
        try (var lines = Files.lines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code of the process, which has to have ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    /** Sends SIGSTOP: the process stands still without noticing, as in a long pause of its machine. */
    public void freeze() {
        signal("STOP");
    }

    /** Sends SIGCONT: the process continues as if no time had passed. */
    public void thaw() {
        signal("CONT");
    }

    /** Uses the kill command of the shell, which every system has. */
    private void signal(String name) {
        try {
            var kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("SIG" + name + " was not sent");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for the end; returns whether the process ended in time. */
    public boolean awaitEnd(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Sends SIGTERM, and SIGKILL if the process does not end. */
    @Override
    public void close() {
        terminate();
        if (!awaitEnd(Duration.ofSeconds(20))) {
            kill();
        }
    }
}
