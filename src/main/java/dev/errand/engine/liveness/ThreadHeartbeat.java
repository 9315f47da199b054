package dev.errand.engine.liveness;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows whether a thread makes progress: the thread beats at every step, and rests while it waits for work or for a time. It is stuck
 * if it neither rests nor beats for longer than any step can take. One thread beats, any thread may read.
 */
public final class ThreadHeartbeat {

    private final String name;
    private final long limit;
    private final LongSupplier nanoTime;
    private volatile @Nullable Thread thread;
    private volatile boolean resting;
    private volatile boolean ended;
    private volatile long beat;

    /**
     * @param name the beginning of the sentences that report problems
     * @param limit how long a step can take at most
     * @param nanoTime a clock such as {@link System#nanoTime}
     */
    public ThreadHeartbeat(String name, Duration limit, LongSupplier nanoTime) {
        this.name = name;
        this.limit = limit.toNanos();
        this.nanoTime = nanoTime;
        this.beat = nanoTime.getAsLong();
    }

    /** Notes that a step begins or ends. */
    public void beat() {
        thread = Thread.currentThread();
        beat = nanoTime.getAsLong();
        resting = false;
    }

    /** Notes that the thread waits, for however long, until it beats again. */
    public void rest() {
        resting = true;
    }

    /** Notes that the thread has ended unexpectedly. */
    void end() {
        ended = true;
    }

    String name() {
        return name;
    }

    /** Returns a sentence that says what is wrong; null if nothing is. */
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

    /** Returns the thread's stack trace, innermost frame first; empty if the thread is not known. */
    StackTraceElement[] place() {
        var known = thread;
        return known == null ? new StackTraceElement[0] : known.getStackTrace();
    }
}
