package dev.errand.engine.record;

/** Says why a record is not an action: what is wrong and, if that is not obvious, what the publisher has to do. */
public final class InvalidRecordException extends Exception {

    private static final long serialVersionUID = 1;

    private static final int LONGEST_QUOTE = 80;

    InvalidRecordException(String message) {
        super(message, null, false, false);
    }

    /** A publisher's text in quotes, shortened, for a message. */
    static String quoted(String text) {
        return '"' + (text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text) + '"';
    }
}
