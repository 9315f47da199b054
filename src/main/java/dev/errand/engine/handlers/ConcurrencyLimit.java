package dev.errand.engine.handlers;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;

/** How many actions of a handler are done at once. Thread-safe. */
final class ConcurrencyLimit {

    private static final double SHORTEST_WAIT = Duration.ofMillis(20).toNanos();
    private static final double LONGEST_WAIT = Duration.ofSeconds(5).toNanos();

    private final Semaphore permits;
    private volatile double meanNanos;

    /** @param atOnce from 1 */
    ConcurrencyLimit(int atOnce) {
        this.permits = new Semaphore(atOnce);
    }

    /** @return whether one may begin; who may not asks again after {@link #untilNext} */
    boolean begin() {
        return permits.tryAcquire();
    }

    /** Nothing was done. */
    void giveBack() {
        permits.release();
    }

    /** @param nanos how long it took */
    void end(long nanos) {
        meanNanos = meanNanos == 0 ? nanos : 0.8 * meanNanos + 0.2 * nanos;
        permits.release();
    }

    /** About as long as one takes, so that thousands who wait do not ask all the time. */
    Duration untilNext() {
        var mean = Math.max(SHORTEST_WAIT, Math.min(LONGEST_WAIT, meanNanos));
        return Duration.ofNanos(
                (long) (mean * (0.5 + ThreadLocalRandom.current().nextDouble())));
    }
}
