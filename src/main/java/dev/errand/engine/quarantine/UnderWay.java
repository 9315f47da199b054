package dev.errand.engine.quarantine;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * What is written down as begun in the database and is being worked on in this process. Tells what is merely slow when the process
 * is asked to stop from what hangs or ends the process itself. Thread-safe.
 *
 * @param <T> what is begun; told apart by {@code equals}
 */
public final class UnderWay<T> {

    /** Of the JDK: it is on the stack of a thread that has called {@link System#exit}, or that serves a signal such as SIGTERM. */
    private static final String EXIT = "java.lang.Shutdown";

    private static final Pattern SERVES_SIGNAL = Pattern.compile("SIG\\w+ handler");

    private final Map<T, Begin> begun = new ConcurrentHashMap<>();
    private final Duration longest;
    private final LongSupplier nanoTime;

    private record Begin(long at, int unendedBefore) {}

    /**
     * @param longest what takes longer hangs
     * @param nanoTime a clock as {@link System#nanoTime}
     */
    public UnderWay(Duration longest, LongSupplier nanoTime) {
        this.longest = longest;
        this.nanoTime = nanoTime;
    }

    /**
     * It begins.
     *
     * @param unendedBefore how often it came to no end before
     */
    public void begin(T what, int unendedBefore) {
        begun.put(what, new Begin(nanoTime.getAsLong(), unendedBefore));
    }

    /** How often it came to no end before; 0 where it is not under way. */
    int unendedBefore(T what) {
        var begin = begun.get(what);
        return begin == null ? 0 : begin.unendedBefore;
    }

    public void end(T what) {
        begun.remove(what);
    }

    /** All that would come to an end if it had the time; none where the process ends by something in itself, which may be any of them. */
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
