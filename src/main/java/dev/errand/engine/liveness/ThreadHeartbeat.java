package dev.errand.engine.liveness;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows whether one part of the engine gets on: it beats at every step, and rests while it waits for work or for a time. Only
 * what neither rests nor beats for longer than any step can take is stuck. Beaten by one thread, read by any.
 */
public final class ThreadHeartbeat {

    private final String name;
    private final long limit;
    private final LongSupplier nanoTime;
    private volatile @Nullable Thread thread;
    private volatile boolean resting;
    private volatile boolean ended;
    private volatile long beat;

    /** @param nanoTime a clock as {@link System#nanoTime} */
    public ThreadHeartbeat(String name, Duration limit, LongSupplier nanoTime) {
        this.name = name;
        this.limit = limit.toNanos();
        this.nanoTime = nanoTime;
        this.beat = nanoTime.getAsLong();
    }

    /** A step begins or ends. */
    public void beat() {
        thread = Thread.currentThread();
        beat = nanoTime.getAsLong();
        resting = false;
    }

    /** From now on it waits, for as long as that takes, until it beats again. */
    public void rest() {
        resting = true;
    }

    /** Its thread has ended without being told to. */
    void end() {
        ended = true;
    }

    String name() {
        return name;
    }

    /** What is wrong; null where nothing is. */
    @Nullable
    String trouble() {
        if (ended) {
            return name + " has ended";
        }
        var since = nanoTime.getAsLong() - beat;
        return resting || since <= limit
                ? null
                : name + " has been at one step for " + Duration.ofNanos(since).toSeconds() + " s";
    }

    /** Where its thread is, innermost first; empty where that is not known. */
    StackTraceElement[] place() {
        var known = thread;
        return known == null ? new StackTraceElement[0] : known.getStackTrace();
    }
}
