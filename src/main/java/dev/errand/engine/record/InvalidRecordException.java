package dev.errand.engine.record;

/** Why a record is no action: what is wrong and, where that is not plain, what to do about it. */
public final class InvalidRecordException extends Exception {

    private static final long serialVersionUID = 1;

    private static final int LONGEST_QUOTE = 80;

    InvalidRecordException(String message) {
        super(message, null, false, false);
    }

    /** A publisher's own text as a message shows it. */
    static String quoted(String text) {
        return '"' + (text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text) + '"';
    }
}
