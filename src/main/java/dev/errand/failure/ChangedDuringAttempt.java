package dev.errand.failure;

/** A failed action was changed by hand while an attempt at it ran: nothing of the attempt is to stay. */
public final class ChangedDuringAttempt extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ChangedDuringAttempt(long seq) {
        super("The failed action " + seq + " was changed by hand during an attempt");
    }
}
