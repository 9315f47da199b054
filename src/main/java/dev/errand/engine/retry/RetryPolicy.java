package dev.errand.engine.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and when a parked action is tried again.
 *
 * @param attempts how many scheduled attempts are made before the action is dead, at least 1
 * @param firstDelay the delay before the first scheduled attempt
 * @param multiplier the factor by which each delay is longer than the one before, at least 1
 * @param maxDelay the longest delay
 * @param jitter the largest fraction by which a delay is lengthened or shortened at random, 0 to 1, so that actions that failed
 *     together are not tried again together
 */
public record RetryPolicy(int attempts, Duration firstDelay, double multiplier, Duration maxDelay, double jitter) {

    public RetryPolicy {
        if (attempts < 1 || firstDelay.isNegative() || multiplier < 1 || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("A retry policy needs at least 1 attempt, a first delay that is not"
                    + " negative, a multiplier of at least 1 and a max delay that is not shorter than the first, not "
                    + attempts + ", " + firstDelay + ", " + multiplier + ", " + maxDelay);
        }
        if (jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("A retry policy's jitter is a fraction from 0 to 1, not " + jitter);
        }
    }

    /** Returns whether there is no attempt left. */
    public boolean isExhaustedBy(int failedAttempts) {
        return failedAttempts >= attempts;
    }

    /** Returns the longest possible time from the first failure to the last attempt. */
    public Duration longest() {
        double millis = 0;
        for (int failed = 0; failed < attempts; failed++) {
            millis += exactDelay(failed) * (1 + jitter);
        }
        return Duration.ofMillis(Math.round(millis));
    }

    /**
     * Returns the delay before the next attempt, with jitter.
     *
     * @param failedAttempts how many scheduled attempts have failed, 0 before the first one
     */
    public Duration delay(int failedAttempts, RandomGenerator random) {
        return Duration.ofMillis(Math.round(exactDelay(failedAttempts) * (1 + jitter * (2 * random.nextDouble() - 1))));
    }

    private double exactDelay(int failedAttempts) {
        return Math.min(firstDelay.toMillis() * Math.pow(multiplier, failedAttempts), (double) maxDelay.toMillis());
    }
}
