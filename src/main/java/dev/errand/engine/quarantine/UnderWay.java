package dev.errand.engine.quarantine;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * The deliveries or attempts that are marked in the database and in progress in this process. When the process is asked to stop, it
 * distinguishes those that are only slow from those that hang or may have ended the process. Thread-safe.
 *
 * @param <T> a delivery or an attempt, compared by {@code equals}
 */
public final class UnderWay<T> {

    /** A class of the JDK that is on the stack of a thread that calls {@link System#exit}, or handles a signal such as SIGTERM. */
    private static final String EXIT = "java.lang.Shutdown";

    private static final Pattern SERVES_SIGNAL = Pattern.compile("SIG\\w+ handler");

    private final Map<T, Begin> begun = new ConcurrentHashMap<>();
    private final Duration longest;
    private final LongSupplier nanoTime;

    private record Begin(long at, int unendedBefore) {}

    /**
     * @param longest the time after which something counts as hanging
     * @param nanoTime a clock such as {@link System#nanoTime}
     */
    public UnderWay(Duration longest, LongSupplier nanoTime) {
        this.longest = longest;
        this.nanoTime = nanoTime;
    }

    /**
     * Adds what starts now.
     *
     * @param unendedBefore how many times it did not end before
     */
    public void begin(T what, int unendedBefore) {
        begun.put(what, new Begin(nanoTime.getAsLong(), unendedBefore));
    }

    /** How many times it did not end before; 0 if it is not in progress. */
    int unendedBefore(T what) {
        var begin = begun.get(what);
        return begin == null ? 0 : begin.unendedBefore;
    }

    public void end(T what) {
        begun.remove(what);
    }

    /** All that would end if they had the time; none if the process ends because of its own code, which any of them may have called. */
    public List<T> merelySlow() {
        if (endsByItself()) {
            return List.of();
        }
        return begun.entrySet().stream()
                .filter(each -> nanoTime.getAsLong() - each.getValue().at <= longest.toNanos())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean endsByItself() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> !SERVES_SIGNAL.matcher(each.getKey().getName()).matches())
                .flatMap(each -> Arrays.stream(each.getValue()))
                .anyMatch(frame -> frame.getClassName().equals(EXIT));
    }
}
