package dev.errand.engine.handlers;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;

/** Limits how many actions of a handler run at once in this process. Thread-safe. */
final class ConcurrencyLimit {

    private static final double SHORTEST_WAIT = Duration.ofMillis(20).toNanos();
    private static final double LONGEST_WAIT = Duration.ofSeconds(5).toNanos();

    private final Semaphore permits;
    private volatile double meanNanos;

    /** @param atOnce how many may run at once, at least 1 */
    ConcurrencyLimit(int atOnce) {
        this.permits = new Semaphore(atOnce);
    }

    /** @return whether an action may start; if not, try again after {@link #untilNext} */
    boolean begin() {
        return permits.tryAcquire();
    }

    /** Gives back the permit of an action that did not run. */
    void giveBack() {
        permits.release();
    }

    /**
     * Gives back the permit of an action that has run.
     *
     * @param nanos how long it took
     */
    void end(long nanos) {
        meanNanos = meanNanos == 0 ? nanos : 0.8 * meanNanos + 0.2 * nanos;
        permits.release();
    }

    /** How long to wait before the next try: about as long as one action takes, so that thousands do not retry all the time. */
    Duration untilNext() {
        var mean = Math.max(SHORTEST_WAIT, Math.min(LONGEST_WAIT, meanNanos));
        return Duration.ofNanos(
                (long) (mean * (0.5 + ThreadLocalRandom.current().nextDouble())));
    }
}
