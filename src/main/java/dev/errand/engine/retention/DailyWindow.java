package dev.errand.engine.retention;

import java.time.DateTimeException;
import java.time.LocalTime;

/**
 * A time window of each day, in UTC. It may start before midnight and end after it.
 *
 * @param from the start, inclusive
 * @param to the end, exclusive; if it equals the start, the window is the whole day
 */
record DailyWindow(LocalTime from, LocalTime to) {

    /**
     * @param text a text such as {@code 22:30-04:00}
     * @throws IllegalArgumentException if the text has another form
     */
    static DailyWindow parse(String text) {
        var ends = text.split("-", -1);
        try {
            if (ends.length == 2) {
                return new DailyWindow(LocalTime.parse(ends[0].strip()), LocalTime.parse(ends[1].strip()));
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(text + " is not a daily window such as 22:30-04:00", e);
        }
        throw new IllegalArgumentException(text + " is not a daily window such as 22:30-04:00");
    }

    boolean contains(LocalTime time) {
        if (from.isBefore(to)) {
            return !time.isBefore(from) && time.isBefore(to);
        }
        return !time.isBefore(from) || time.isBefore(to);
    }
}
