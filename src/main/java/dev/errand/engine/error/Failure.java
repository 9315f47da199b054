package dev.errand.engine.error;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Why an attempt failed. Texts that are too long are cut.
 *
 * @param at when it failed, to the microsecond
 * @param permanent whether no later attempt can succeed
 * @param errorClass the exception's class, {@link #UNREADABLE}, {@link #CONFLICTING} or {@link #UNENDED}
 * @param message tells an operator what is wrong
 * @param stackTrace empty if no exception was thrown
 */
public record Failure(Instant at, boolean permanent, String errorClass, String message, String stackTrace) {

    /** The error class of a record that can't be read as an action. */
    public static final String UNREADABLE = "Unreadable";

    /** The error class of a record whose identity belongs to another action. */
    public static final String CONFLICTING = "Conflicting";

    /** The error class of an action whose deliveries or attempts began several times and never ended. */
    public static final String UNENDED = "Unended";

    /** An action is not run any more after this many deliveries or attempts that never ended. */
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

    /** @param thrown the exception that ended the attempt */
    public static Failure of(Throwable thrown, boolean permanent, Instant at) {
        var name = thrown.getClass().getName();
        try {
            var trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            return new Failure(at, permanent, name, messageOf(thrown), trace.toString());
        } catch (RuntimeException e) {
            // A handler's own exception class may itself be faulty.
            return new Failure(at, permanent, name, "the exception's message or stack trace could not be read", "");
        }
    }

    /** Returns the failure for the history in memory, which stack traces of many attempts would make too large. */
    public Failure withoutTrace() {
        return new Failure(at, permanent, errorClass, message, "");
    }

    public boolean isUnreadable() {
        return errorClass.equals(UNREADABLE);
    }

    /** @param reason what is wrong with the record, and where */
    public static Failure unreadable(String reason, Instant at) {
        return new Failure(at, true, UNREADABLE, reason, "");
    }

    /**
     * Returns the failure of an action that began {@link #MOST_UNENDED} times and whose process died or hung each time.
     *
     * @param begun what never ended, in the plural, such as "deliveries"
     */
    public static Failure unended(String begun, Instant at) {
        return new Failure(
                at,
                true,
                UNENDED,
                "its last " + MOST_UNENDED + " " + begun + " never ended: their processes died or hung",
                "");
    }

    /** Includes the messages of the causes, because the outermost exception is often a library's. */
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
