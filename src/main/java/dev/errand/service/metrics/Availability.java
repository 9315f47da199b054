package dev.errand.service.metrics;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether something Errand needs can be reached.
 *
 * @param since when that was first so
 * @param why what kind of error says that it is away; null while it is there
 */
public record Availability(Instant since, @Nullable String why) {

    public boolean isAway() {
        return why != null;
    }

    /** The same as before, or new from now on. */
    static Availability after(@Nullable Availability before, Instant now, @Nullable String why) {
        return before == null || before.isAway() != (why != null)
                ? new Availability(now, why)
                : new Availability(before.since, why);
    }

    @Override
    public String toString() {
        return why == null ? "there since " + since : "away since " + since + ": " + why;
    }
}
