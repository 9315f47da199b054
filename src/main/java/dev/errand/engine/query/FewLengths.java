package dev.errand.engine.query;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides the rows of a multi-row statement into parts of few different lengths, whatever the number of rows is. The driver parses
 * each length once per connection and caches the result; to parse a statement of 400 rows takes as long as to bind its values.
 * Stateless and thread-safe.
 */
public final class FewLengths {

    /** Up to this number, rows are one statement, so that a small batch takes one round trip. */
    private static final int ANY_LENGTH = 16;

    /** How many lengths there are between a length and its double. */
    private static final int LENGTHS_TO_DOUBLE = 4;

    private FewLengths() {}

    /**
     * Divides rows.
     *
     * @param rows any number of rows
     * @return the rows in their order, in parts of any length up to 16, or of 20, 24, 28, 32, 40, 48, 56, 64, 80 and so on; up to
     *     1,000 rows make at most three parts
     */
    public static <T> List<List<T>> divide(List<T> rows) {
        List<List<T>> parts = new ArrayList<>();
        int from = 0;
        while (from < rows.size()) {
            int left = rows.size() - from;
            int length = left <= ANY_LENGTH ? left : left - left % (Integer.highestOneBit(left) / LENGTHS_TO_DOUBLE);
            parts.add(rows.subList(from, from + length));
            from += length;
        }
        return parts;
    }
}
