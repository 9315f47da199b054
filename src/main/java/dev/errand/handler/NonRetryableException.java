package dev.errand.handler;

/** A handler throws this for an action that no later attempt can handle: the action becomes dead at once. */
public class NonRetryableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message says to an operator what is wrong with the action */
    public NonRetryableException(String message) {
        super(message);
    }

    /**
     * @param message says to an operator what is wrong with the action
     * @param cause the exception that showed it
     */
    public NonRetryableException(String message, Throwable cause) {
        super(message, cause);
    }
}
