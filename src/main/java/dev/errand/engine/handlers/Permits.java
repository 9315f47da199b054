package dev.errand.engine.handlers;

import dev.errand.engine.handlers.HandlerDefinition.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One action's turns at all of its handlers that limit how many are done at once. For one thread. */
public final class Permits implements AutoCloseable {

    private final List<ConcurrencyLimit> taken = new ArrayList<>();
    private final long began = System.nanoTime();
    private @Nullable ConcurrencyLimit missing;

    private Permits() {}

    /** Takes them all, or none. */
    public static Permits of(List<Run<?>> runs) {
        var turns = new Permits();
        for (var run : runs) {
            var wanted = run.binding().turns();
            if (wanted != null && turns.missing == null) {
                if (wanted.begin()) {
                    turns.taken.add(wanted);
                } else {
                    turns.missing = wanted;
                }
            }
        }
        if (turns.missing != null) {
            turns.taken.forEach(ConcurrencyLimit::giveBack);
            turns.taken.clear();
        }
        return turns;
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
