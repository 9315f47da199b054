package dev.errand.engine.record;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.regex.Pattern;

/**
 * Reads times of <a href="https://www.rfc-editor.org/rfc/rfc3339#section-5.6">RFC 3339</a> with a {@code T} between date and time.
 * A leap second is read as the last microsecond of the second before, because neither Java nor MySQL has leap seconds. Stateless
 * and thread-safe.
 */
public final class Rfc3339 {

    private static final Pattern FORM = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d)[Tt](\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d+))?(?:[Zz]|([+-])(\\d\\d):(\\d\\d))");

    private static final int MICRO_DIGITS = 6;
    private static final int LEAP_SECOND = 60;
    private static final LocalTime LAST_MINUTE = LocalTime.of(23, 59);
    private static final int LAST_MICROSECOND = 999_999_000;

    private Rfc3339() {}

    /**
     * Parses a time.
     *
     * @return the time in UTC; digits of a second beyond microseconds may be cut off
     * @throws DateTimeException if the text is not such a time; the message says what is wrong and what would be right
     */
    public static LocalDateTime utc(String text) {
        if (UtcText.isUtc(text) && !text.startsWith("60", UtcText.SECONDS)) {
            return checked(() -> UtcText.parse(text));
        }
        var found = FORM.matcher(text);
        if (!found.matches()) {
            throw new DateTimeException(
                    "not a time such as 2026-11-22T05:00:00.123456Z or 2026-11-22T06:00:00+01:00: RFC 3339"
                            + " requires the date, T, the time with its seconds, and Z or an offset with a colon");
        }
        int seconds = Integer.parseInt(found.group(4));
        var leaps = seconds == LEAP_SECOND;
        var local = checked(() -> LocalDate.parse(found.group(1))
                .atTime(
                        Integer.parseInt(found.group(2)),
                        Integer.parseInt(found.group(3)),
                        leaps ? LEAP_SECOND - 1 : seconds,
                        leaps ? LAST_MICROSECOND : nanos(found.group(5))));
        var utc = found.group(6) == null
                ? local
                : local.minusMinutes(offset(found.group(6), found.group(7), found.group(8)));
        if (leaps && !utc.toLocalTime().withSecond(0).withNano(0).equals(LAST_MINUTE)) {
            throw new DateTimeException(
                    "not a time: a second 60 is a leap second, which occurs only at 23:59:60 in UTC");
        }
        return utc;
    }

    @FunctionalInterface
    private interface Made {
        LocalDateTime time();
    }

    private static LocalDateTime checked(Made made) {
        try {
            return made.time();
        } catch (DateTimeException e) {
            throw new DateTimeException(
                    "not a time: there is no such day, or no such time of day, which goes from 00:00:00 to 23:59:59",
                    e);
        }
    }

    private static int nanos(String fraction) {
        int nanos = 0;
        for (int i = 0; i < MICRO_DIGITS; i++) {
            nanos = nanos * 10 + (fraction != null && i < fraction.length() ? fraction.charAt(i) - '0' : 0);
        }
        return nanos * 1000;
    }

    private static int offset(String sign, String hours, String minutes) {
        int hour = Integer.parseInt(hours);
        int minute = Integer.parseInt(minutes);
        if (hour > 23 || minute > 59) {
            throw new DateTimeException("not a time: offsets go from -23:59 to +23:59");
        }
        return (sign.equals("-") ? -1 : 1) * (hour * 60 + minute);
    }
}
