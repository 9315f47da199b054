package dev.errand.engine.parking;

/** An operator, or another process, changed a parked action while an attempt at it ran: the attempt must be rolled back. */
public final class ChangedDuringAttemptException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ChangedDuringAttemptException(long seq) {
        super("The parked action " + seq + " was changed during an attempt");
    }
}
