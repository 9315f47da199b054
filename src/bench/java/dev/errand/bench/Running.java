package dev.errand.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A contender's process. For one thread. */
final class Running implements AutoCloseable {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final Path log;
    private final Process process;

    private Running(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    static Running start(String name, List<String> command, Path log) {
        try {
            return new Running(
                    name,
                    log,
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + name, e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean printed(String text) {
        try {
            return Files.readString(log).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looks again and again, since another process gives no signal. */
    void await(String what, Duration atMost, Duration interval, BooleanSupplier condition) {
        var deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new WrongResult(name + " ended before " + what + ", see " + log.getFileName());
            }
            if (System.nanoTime() > deadline) {
                throw new WrongResult(
                        name + " took more than " + atMost.toSeconds() + " s: " + what + ", see " + log.getFileName());
            }
            LockSupport.parkNanos(interval.toNanos());
        }
    }

    /**
     * SIGTERM.
     *
     * @throws WrongResult if it was dead already or does not end in time
     */
    void stop() {
        if (!process.isAlive()) {
            throw new WrongResult(name + " ended by itself, see " + log.getFileName());
        }
        process.destroy();
        if (!ended()) {
            throw new WrongResult(name + " did not end within " + STOP_PATIENCE.toSeconds() + " s of SIGTERM");
        }
    }

    private boolean ended() {
        try {
            return process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** SIGKILL, if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
