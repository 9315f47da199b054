package dev.errand.service.metrics;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a dependency of Errand is available.
 *
 * @param since since when the state has been the same
 * @param why the error that shows that the dependency is down; null while it is up
 */
public record Availability(Instant since, @Nullable String why) {

    public boolean isAway() {
        return why != null;
    }

    /** Keeps {@code since} as long as the state does not change; a changed state begins at {@code now}. */
    static Availability after(@Nullable Availability before, Instant now, @Nullable String why) {
        return before == null || before.isAway() != (why != null)
                ? new Availability(now, why)
                : new Availability(before.since, why);
    }

    @Override
    public String toString() {
        return why == null ? "up since " + since : "down since " + since + ": " + why;
    }
}
