package dev.errand.engine.query;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides the rows of multi-row statements so that there are few lengths of such statements, whatever the number of rows. The
 * driver parses each length once a connection and keeps the result: to parse a statement of 400 rows takes as long as
 * binding it. Stateless and thread-safe.
 */
public final class FewLengths {

    /** Up to here every number of rows is one statement: a small batch has one round trip. */
    private static final int ANY_LENGTH = 16;

    /** How many lengths there are from one to its double. */
    private static final int LENGTHS_TO_DOUBLE = 4;

    private FewLengths() {}

    /**
     * @param rows any number
     * @return the rows in their order, up to a thousand in three parts at the most: of any length up to 16, and of 20, 24, 28, 32,
     *     40, 48, 56, 64, 80 and so on
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
