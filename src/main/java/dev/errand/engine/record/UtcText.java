package dev.errand.engine.record;

import java.time.DateTimeException;
import java.time.LocalDateTime;

/**
 * Reads times in the form that nearly all publishers write, {@code 2026-11-22T05:00:00.123456Z}, ten times as fast as the JDK's
 * formatter, which took a tenth of a worker's time. Stateless and thread-safe.
 */
final class UtcText {

    private static final String SHAPE = "dddd-dd-ddTdd:dd:dd";

    /** The index of the seconds in the text. */
    static final int SECONDS = SHAPE.length() - 2;

    private static final int FRACTION = SHAPE.length() + 1;
    private static final int NANO_DIGITS = 9;

    private UtcText() {}

    /** Whether the text has the form that {@link #parse} reads; RFC 3339 has others. */
    static boolean isUtc(String text) {
        int last = text.length() - 1;
        if (last < SHAPE.length() || text.charAt(last) != 'Z') {
            return false;
        }
        for (int i = 0; i < SHAPE.length(); i++) {
            var expected = SHAPE.charAt(i);
            if (expected == 'd' ? !isDigit(text.charAt(i)) : text.charAt(i) != expected) {
                return false;
            }
        }
        if (last == SHAPE.length()) {
            return true;
        }
        if (text.charAt(SHAPE.length()) != '.' || last == FRACTION || last - FRACTION > NANO_DIGITS) {
            return false;
        }
        for (int i = FRACTION; i < last; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param text a text for which {@link #isUtc} is true
     * @throws DateTimeException if there is no such day or time of day
     */
    static LocalDateTime parse(String text) {
        return LocalDateTime.of(
                number(text, 0, 4),
                number(text, 5, 7),
                number(text, 8, 10),
                number(text, 11, 13),
                number(text, 14, 16),
                number(text, 17, 19),
                nanos(text));
    }

    private static int nanos(String text) {
        int nanos = 0;
        for (int i = 0; i < NANO_DIGITS; i++) {
            int at = FRACTION + i;
            nanos = nanos * 10 + (at < text.length() - 1 ? text.charAt(at) - '0' : 0);
        }
        return nanos;
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text.charAt(i) - '0';
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
