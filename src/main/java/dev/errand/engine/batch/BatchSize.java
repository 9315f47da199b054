package dev.errand.engine.batch;

import java.time.Duration;

/**
 * How many actions to take at once: as many as this worker lately did in the time a unit of work should take. Cheap
 * actions go by hundreds, slow handlers a few at a time, so that a transaction stays short. For one thread.
 */
public final class BatchSize {

    /** Before anything is known: enough to learn from, and not too many for slow handlers to fit in a transaction. */
    private static final int FIRST = 32;

    private final int max;
    private final double targetNanos;
    private double nanosOfOne;

    /**
     * @param max the limit, from 1
     * @param target how long a unit of work should take at most
     */
    public BatchSize(int max, Duration target) {
        this.max = max;
        this.targetNanos = target.toNanos();
    }

    int next() {
        return nanosOfOne == 0 ? Math.min(max, FIRST) : (int) Math.max(1, Math.min(max, targetNanos / nanosOfOne));
    }

    void took(int actions, Duration duration) {
        // At most the target: after an outage the next batches would be tiny for long.
        var one = Math.min((double) duration.toNanos() / actions, targetNanos);
        nanosOfOne = nanosOfOne == 0 ? one : 0.8 * nanosOfOne + 0.2 * one;
    }
}
