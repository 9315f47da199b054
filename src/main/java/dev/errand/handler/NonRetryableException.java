package dev.errand.handler;

/** Thrown by a handler for an action that no later attempt can handle. */
public class NonRetryableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message what is wrong with the action, for the person who will look at it */
    public NonRetryableException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong with the action, for the person who will look at it
     * @param cause what told so
     */
    public NonRetryableException(String message, Throwable cause) {
        super(message, cause);
    }
}
