package dev.errand.engine.error;

import dev.errand.engine.parking.IdentityConflict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Why an attempt came to nothing.
 *
 * @param at when, to the microsecond
 * @param permanent whether no later attempt can succeed
 * @param errorClass the exception's class, {@link #UNREADABLE} or {@link #CONFLICTING}
 * @param message what is wrong, for a person
 * @param stackTrace empty where no exception was thrown
 */
public record Failure(Instant at, boolean permanent, String errorClass, String message, String stackTrace) {

    /** The error class of a record that is no action. */
    public static final String UNREADABLE = "Unreadable";

    /** The error class of a record whose identity is another action's; see {@link IdentityConflict}. */
    public static final String CONFLICTING = "Conflicting";

    /** The error class of what was begun several times and never came to an end. */
    public static final String UNENDED = "Unended";

    /** After how many deliveries or attempts that came to no end an action is not run any more. */
    public static final int MOST_UNENDED = 3;

    private static final int LONGEST_CLASS = 255;
    private static final int LONGEST_MESSAGE = 2_000;
    private static final int LONGEST_TRACE = 8_000;

    public Failure {
        at = at.truncatedTo(ChronoUnit.MICROS);
        errorClass = cut(errorClass, LONGEST_CLASS);
        message = cut(message, LONGEST_MESSAGE);
        stackTrace = cut(stackTrace, LONGEST_TRACE);
    }

    /** @param thrown what the attempt ended with */
    public static Failure of(Throwable thrown, boolean permanent, Instant at) {
        var name = thrown.getClass().getName();
        try {
            var trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            return new Failure(at, permanent, name, messageOf(thrown), trace.toString());
        } catch (RuntimeException e) {
            // Exceptions are handlers' own too, and can be as faulty.
            return new Failure(at, permanent, name, "an exception that can't be written down", "");
        }
    }

    /** As the history keeps it: stack traces of many attempts would fill the memory. */
    public Failure withoutTrace() {
        return new Failure(at, permanent, errorClass, message, "");
    }

    public boolean isUnreadable() {
        return errorClass.equals(UNREADABLE);
    }

    /** @param reason what is wrong with the record and where */
    public static Failure unreadable(String reason, Instant at) {
        return new Failure(at, true, UNREADABLE, reason, "");
    }

    /**
     * Of an action that was begun {@link #MOST_UNENDED} times and whose process never lived to see its end.
     *
     * @param begun what came to no end, such as "deliveries"
     */
    public static Failure unended(String begun, Instant at) {
        return new Failure(
                at,
                true,
                UNENDED,
                "its last " + MOST_UNENDED + " " + begun + " came to no end: their processes died or hung",
                "");
    }

    /** With its causes' own words: those of the outermost exception are often the library's. */
    private static String messageOf(Throwable thrown) {
        var message = new StringBuilder(String.valueOf(thrown.getMessage()));
        int depth = 0;
        for (var cause = thrown.getCause(); cause != null && depth < 10; cause = cause.getCause()) {
            var text = String.valueOf(cause.getMessage());
            if (message.indexOf(text) < 0) {
                message.append("; caused by ")
                        .append(cause.getClass().getSimpleName())
                        .append(": ")
                        .append(text);
            }
            depth++;
        }
        return message.toString();
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }
}
