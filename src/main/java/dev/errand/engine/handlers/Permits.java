package dev.errand.engine.handlers;

import dev.errand.engine.handlers.HandlerDefinition.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One action's permits of all its handlers that limit how many actions run at once. Not thread-safe. */
public final class Permits implements AutoCloseable {

    private final List<ConcurrencyLimit> taken = new ArrayList<>();
    private final long began = System.nanoTime();
    private @Nullable ConcurrencyLimit missing;

    private Permits() {}

    /** Takes the permits of all handlers, or none if one is missing; see {@link #mustWait}. */
    public static Permits of(List<Run<?>> runs) {
        var permits = new Permits();
        for (var run : runs) {
            var wanted = run.binding().turns();
            if (wanted != null && permits.missing == null) {
                if (wanted.begin()) {
                    permits.taken.add(wanted);
                } else {
                    permits.missing = wanted;
                }
            }
        }
        if (permits.missing != null) {
            permits.taken.forEach(ConcurrencyLimit::giveBack);
            permits.taken.clear();
        }
        return permits;
    }

    public boolean mustWait() {
        return missing != null;
    }

    public Duration untilNext() {
        return missing == null ? Duration.ZERO : missing.untilNext();
    }

    @Override
    public void close() {
        taken.forEach(each -> each.end(System.nanoTime() - began));
    }
}
