package dev.errand.engine.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and when a failed action is tried again.
 *
 * @param attempts how many times before it is dead, from 1
 * @param firstDelay from the failure to the first of them
 * @param multiplier how much longer each delay is than the one before, from 1
 * @param maxDelay the longest delay
 * @param jitter up to what part of itself a delay is lengthened or shortened at random, 0 to 1, so that those who failed
 *     together do not meet again
 */
public record RetryPolicy(int attempts, Duration firstDelay, double multiplier, Duration maxDelay, double jitter) {

    public RetryPolicy {
        if (attempts < 1 || firstDelay.isNegative() || multiplier < 1 || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("A retry policy needs at least 1 attempt, a first delay that is not"
                    + " negative, a multiplier of at least 1 and a max delay that is not shorter than the first, not "
                    + attempts + ", " + firstDelay + ", " + multiplier + ", " + maxDelay);
        }
        if (jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("A retry policy's jitter is a part from 0 to 1, not " + jitter);
        }
    }

    /** Whether there is no attempt left. */
    public boolean isExhaustedBy(int failedAttempts) {
        return failedAttempts >= attempts;
    }

    /** From the failure to the last attempt, at most. */
    public Duration longest() {
        double millis = 0;
        for (int failed = 0; failed < attempts; failed++) {
            millis += exactDelay(failed) * (1 + jitter);
        }
        return Duration.ofMillis(Math.round(millis));
    }

    /** @param failedAttempts how many of its attempts have been made, 0 before the first */
    public Duration delay(int failedAttempts, RandomGenerator random) {
        return Duration.ofMillis(Math.round(exactDelay(failedAttempts) * (1 + jitter * (2 * random.nextDouble() - 1))));
    }

    private double exactDelay(int failedAttempts) {
        return Math.min(firstDelay.toMillis() * Math.pow(multiplier, failedAttempts), (double) maxDelay.toMillis());
    }
}
