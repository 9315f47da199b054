package dev.errand.dev.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A server run as a child process. It ends when {@link #stop} is called and also when this JVM dies in any way, because a
 * small shell around it watches a pipe that only this JVM holds open.
 *
 * <p>Not thread-safe: one owner starts and stops it.
 */
final class ServerProcess {

    /**
     * Runs the arguments in the background; when standard input ends, ends them and deletes the directory. A background
     * job of a non-interactive shell ignores SIGINT, so Ctrl-C in the terminal reaches the owner alone, which then stops
     * the server in order.
     */
    private static final String WATCHED = """
            trap '' INT HUP
            exec 3<&0
            "$@" </dev/null 3<&- &
            server=$!
            echo $server >"$DIRECTORY/pid"
            trap 'kill -TERM $server 2>/dev/null' TERM
            { read -r _ <&3; touch "$DIRECTORY/orphaned"; kill -TERM $server 2>/dev/null; } &
            watcher=$!
            wait $server
            code=$?
            while kill -0 $server 2>/dev/null; do wait $server; done
            kill $watcher 2>/dev/null
            [ -e "$DIRECTORY/orphaned" ] && rm -rf "$DIRECTORY"
            exit $code
            """;

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    private final String name;
    private final Path log;
    private final Path pidFile;
    private final Process shell;

    private ServerProcess(String name, Path log, Path pidFile, Process shell) {
        this.name = name;
        this.log = log;
        this.pidFile = pidFile;
        this.shell = shell;
    }

    /**
     * Starts a server.
     *
     * @param name what to call it in messages
     * @param directory where its log goes; deleted with all in it when {@link #stop} is called or this JVM dies
     * @throws UncheckedIOException if the process can't be created
     */
    static ServerProcess start(String name, List<String> command, Path directory) {
        var log = directory.resolve("log");
        var pidFile = directory.resolve("pid");
        var watched = Stream.concat(Stream.of("/bin/sh", "-c", WATCHED, name), command.stream())
                .toList();
        var builder = new ProcessBuilder(watched).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("DIRECTORY", directory.toString());
        try {
            Files.deleteIfExists(log);
            Files.deleteIfExists(pidFile);
            return new ServerProcess(name, log, pidFile, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + name, e);
        }
    }

    /**
     * Waits until {@code ready} returns true.
     *
     * @throws EmbeddedServiceException if the server ends first or the time is over; the message has the last lines of
     *     the log
     */
    void awaitReady(BooleanSupplier ready, Duration atMost) {
        var deadline = System.nanoTime() + atMost.toNanos();
        while (!ready.getAsBoolean()) {
            if (!shell.isAlive()) {
                throw new EmbeddedServiceException(name + " ended while starting:\n" + lastLogLines());
            }
            if (System.nanoTime() > deadline) {
                stop();
                throw new EmbeddedServiceException(
                        name + " was not ready within " + atMost.toSeconds() + " s:\n" + lastLogLines());
            }
            pause();
        }
    }

    /** Whether the server has printed this text. */
    boolean logged(String text) {
        try {
            return Files.readString(log).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the log of " + name, e);
        }
    }

    /** The server's own process; empty when it has ended. */
    Optional<ProcessHandle> server() {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + pidFile, e);
        }
    }

    /** Ends the server with SIGKILL and waits until it is gone. */
    void kill() {
        server().ifPresent(ProcessHandle::destroyForcibly);
        if (!endedWithin(STOP_PATIENCE)) {
            throw new EmbeddedServiceException(name + " survived SIGKILL for " + STOP_PATIENCE.toSeconds() + " s");
        }
    }

    /**
     * Ends the server with SIGTERM, upon which its directory is deleted, and kills it if it has not ended after 20 s.
     * Does nothing if it has ended.
     */
    void stop() {
        closePipe();
        if (!endedWithin(STOP_PATIENCE)) {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
    }

    private void closePipe() {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            shell.destroy();
        }
    }

    private boolean endedWithin(Duration patience) {
        try {
            return shell.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void pause() {
        try {
            // Polls, because another process gives no signal to wait for.
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            throw new EmbeddedServiceException("Interrupted while waiting for " + name);
        }
    }

    private String lastLogLines() {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(its log can't be read: " + e.getMessage() + ")";
        }
    }
}
