package dev.errand.engine.retry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The delay before the same work is tried again in memory. */
public final class Backoff {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private Backoff() {}

    /**
     * Returns a delay that doubles from 100 ms to one minute, less up to a half of it at random, so that work that failed together is
     * not tried again together.
     *
     * @param failures how often the work has failed so far, at least 1
     */
    public static Duration after(int failures) {
        var millis = Math.min(LONGEST.toMillis(), SHORTEST.toMillis() << Math.max(0, Math.min(failures - 1, 20)));
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 2));
    }
}
