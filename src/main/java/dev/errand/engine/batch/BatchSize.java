package dev.errand.engine.batch;

import java.time.Duration;

/**
 * Decides how many actions a worker takes at once: as many as it has lately done in the target duration of a unit of work. So a unit
 * of work has hundreds of cheap actions but only a few with slow handlers, and its transaction stays short. For one thread.
 */
public final class BatchSize {

    /** The first batch: large enough to measure, and small enough for slow handlers to stay within a transaction's timeout. */
    private static final int FIRST = 32;

    private final int max;
    private final double targetNanos;
    private double nanosOfOne;

    /**
     * @param max the largest batch, at least 1
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
        // Not more than the target, because otherwise an outage would make batches tiny for a long time.
        var one = Math.min((double) duration.toNanos() / actions, targetNanos);
        nanosOfOne = nanosOfOne == 0 ? one : 0.8 * nanosOfOne + 0.2 * one;
    }
}
