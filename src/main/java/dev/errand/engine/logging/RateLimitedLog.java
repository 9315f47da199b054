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
 * For log lines that could come by the thousands, one for each action, record or attempt: the first of a kind is written at
 * once, those that follow are counted, and their number is written every ten seconds until there are none. Kinds are bounded;
 * what is beyond is counted together. Thread-safe.
 */
@Singleton
public final class RateLimitedLog {

    private static final Duration EVERY = Duration.ofSeconds(10);

    /** Kinds are of publishers' and handlers' making: their types, their exceptions. */
    private static final int MOST_KINDS = 32;

    private static final Kind OTHERS =
            new Kind(RateLimitedLog.class, Logger.Level.WARN, "event", "of other kinds than those logged");

    /** Runs something later, once. */
    @FunctionalInterface
    interface Timer {
        void after(Duration delay, Runnable run);
    }

    /**
     * What is counted together.
     *
     * @param where whose log it is
     * @param thing what it is, in the singular: {@code action}
     * @param what what happened to it: {@code of type order.placed failed with java.lang.IllegalStateException}. Never whose
     *     it is, or what is in it
     */
    public record Kind(Class<?> where, Logger.Level level, String thing, String what) {}

    /** How many more there were since a kind's last line. */
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
     * Logs the first of a kind, and counts others.
     *
     * @param first writes the line, with all that is known of this one; called at once and on this thread, or never
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

    /** A kind of which nothing more came is forgotten: the next of it is a first one again. */
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

    /** After all who log have been stopped. */
    void stop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
        close();
    }

    /** Tells what is still only counted. */
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
