package dev.errand.work;

import dev.errand.work.Binding.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One action's turns at all of its handlers that limit how many are done at once. For one thread. */
final class TurnsTaken implements AutoCloseable {

    private final List<Turns> taken = new ArrayList<>();
    private final long began = System.nanoTime();
    private @Nullable Turns missing;

    private TurnsTaken() {}

    /** Takes them all, or none. */
    static TurnsTaken of(List<Run<?>> runs) {
        var turns = new TurnsTaken();
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
            turns.taken.forEach(Turns::giveBack);
            turns.taken.clear();
        }
        return turns;
    }

    boolean mustWait() {
        return missing != null;
    }

    Duration untilNext() {
        return missing == null ? Duration.ZERO : missing.untilNext();
    }

    @Override
    public void close() {
        taken.forEach(each -> each.end(System.nanoTime() - began));
    }
}
