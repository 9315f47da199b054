package dev.errand.handler;

/** Thrown by a handler for an action that no later attempt can handle. */
public class PermanentFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message what is wrong with the action, for the person who will look at it */
    public PermanentFailure(String message) {
        super(message);
    }

    /**
     * @param message what is wrong with the action, for the person who will look at it
     * @param cause what told so
     */
    public PermanentFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
