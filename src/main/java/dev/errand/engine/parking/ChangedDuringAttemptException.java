package dev.errand.engine.parking;

/** A failed action was changed by hand while an attempt at it ran: nothing of the attempt is to stay. */
public final class ChangedDuringAttemptException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ChangedDuringAttemptException(long seq) {
        super("The failed action " + seq + " was changed by hand during an attempt");
    }
}
