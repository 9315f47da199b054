package dev.errand.engine.retention;

import java.time.DateTimeException;
import java.time.LocalTime;

/**
 * A part of each day, in UTC, which may begin before midnight and end after it.
 *
 * @param to no longer in it; where both are the same it is the whole day
 */
record DailyWindow(LocalTime from, LocalTime to) {

    /**
     * @param text such as {@code 22:30-04:00}
     * @throws IllegalArgumentException if it is anything else
     */
    static DailyWindow parse(String text) {
        var ends = text.split("-", -1);
        try {
            if (ends.length == 2) {
                return new DailyWindow(LocalTime.parse(ends[0].strip()), LocalTime.parse(ends[1].strip()));
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(text + " is no time of day such as 22:30-04:00", e);
        }
        throw new IllegalArgumentException(text + " is no time of day such as 22:30-04:00");
    }

    boolean contains(LocalTime time) {
        if (from.isBefore(to)) {
            return !time.isBefore(from) && time.isBefore(to);
        }
        return !time.isBefore(from) || time.isBefore(to);
    }
}
