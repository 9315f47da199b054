package dev.errand.engine.logging;

/** Ordinal numbers for log lines, such as "3rd" in "failed for the 3rd time". Stateless and thread-safe. */
public final class Ordinal {

    private Ordinal() {}

    /** @param number at least 0 */
    public static String of(int number) {
        int tens = number % 100;
        if (tens >= 11 && tens <= 13) {
            return number + "th";
        }
        return switch (number % 10) {
            case 1 -> number + "st";
            case 2 -> number + "nd";
            case 3 -> number + "rd";
            default -> number + "th";
        };
    }
}
