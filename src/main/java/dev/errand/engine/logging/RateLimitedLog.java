package dev.errand.engine.logging;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * For log lines that could come by the thousands, one for each action, record or attempt. The first of a kind is written at once,
 * later ones are counted, and their number is written every ten seconds until there are none. The number of kinds is bounded; all
 * further kinds are counted together. Thread-safe.
 */
@Singleton
public final class RateLimitedLog {

    private static final Duration EVERY = Duration.ofSeconds(10);

    /** A bound is needed because kinds contain what publishers and handlers choose: types and exceptions. */
    private static final int MOST_KINDS = 32;

    private static final Kind OTHERS =
            new Kind(RateLimitedLog.class, Logger.Level.WARN, "event", "of other kinds than those logged");

    /** Runs a task once after a delay. */
    @FunctionalInterface
    interface Timer {
        void after(Duration delay, Runnable run);
    }

    /**
     * Lines that are counted together.
     *
     * @param where the class whose logger is used
     * @param thing what is counted, in the singular: {@code action}
     * @param what what happened to it: {@code of type order.placed failed with java.lang.IllegalStateException}. It must not
     *     contain a user id or any part of a payload
     */
    public record Kind(Class<?> where, Logger.Level level, String thing, String what) {}

    /** Counts the lines of a kind since the last one that was written. */
    private static final class Window {
        private long more;
    }

    private final Timer timer;
    private final Map<Kind, Window> windows = new HashMap<>();

    @Inject
    public RateLimitedLog() {
        this((delay, run) -> CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                .execute(run));
    }

    RateLimitedLog(Timer timer) {
        this.timer = timer;
    }

    /**
     * Logs the first line of a kind, and counts the others.
     *
     * @param first writes the line in full; called at once on the current thread, or never
     */
    public void log(Kind kind, Runnable first) {
        if (isFirst(kind)) {
            first.run();
        }
    }

    private synchronized boolean isFirst(Kind wanted) {
        var kind = windows.containsKey(wanted) || windows.size() < MOST_KINDS ? wanted : OTHERS;
        var window = windows.get(kind);
        if (window != null) {
            window.more++;
            return false;
        }
        windows.put(kind, new Window());
        timer.after(EVERY, () -> endWindow(kind));
        return true;
    }

    /** Logs the count of a kind; removes a kind without further lines, so that its next line is written in full again. */
    private void endWindow(Kind kind) {
        long more;
        synchronized (this) {
            var window = windows.get(kind);
            more = window == null ? 0 : window.more;
            if (more == 0) {
                windows.remove(kind);
                return;
            }
            windows.put(kind, new Window());
            timer.after(EVERY, () -> endWindow(kind));
        }
        tell(kind, more);
    }

    private static void tell(Kind kind, long more) {
        Logger.getLogger(kind.where)
                .logf(
                        kind.level,
                        "%,d more %s%s %s in the last %d s",
                        more,
                        kind.thing,
                        more == 1 ? "" : kind.thing.endsWith("ch") ? "es" : "s",
                        kind.what,
                        EVERY.toSeconds());
    }

    /** Runs last, when everything that logs has stopped. */
    void stop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
        close();
    }

    /** Logs the counts that have not been logged. */
    @PreDestroy
    void close() {
        Map<Kind, Window> last;
        synchronized (this) {
            last = new HashMap<>(windows);
            windows.clear();
        }
        last.forEach((kind, window) -> {
            if (window.more > 0) {
                tell(kind, window.more);
            }
        });
    }
}
