package dev.errand.engine.retry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait in memory before the same is tried again. */
public final class Backoff {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private Backoff() {}

    /** Doubles from 100 ms to a minute, less up to a half at random so that those who failed together do not meet again. */
    public static Duration after(int failures) {
        var millis = Math.min(LONGEST.toMillis(), SHORTEST.toMillis() << Math.min(failures - 1, 20));
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 2));
    }
}
