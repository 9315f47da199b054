package dev.errand.engine.error;

/**
 * Nothing of a unit of work is committed, or that is unknown, and no action of it is guilty: a statement of Errand's own or the
 * COMMIT failed for a reason of the database's, or time was up while none of its handlers ran, or while the one that ran waited
 * for a lock that MySQL says somebody else has on a table or on all.
 */
public final class InfrastructureException extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean timedOut;
    private final int index;

    private InfrastructureException(String message, boolean timedOut, int index, Throwable cause) {
        super(message, cause);
        this.timedOut = timedOut;
        this.index = index;
    }

    /** @param cause what MySQL or the transaction manager said */
    public static InfrastructureException outsideHandlers(Throwable cause) {
        return new InfrastructureException("It failed outside of handlers", false, -1, cause);
    }

    /** Time was up while no handler ran. */
    public static InfrastructureException late(Throwable cause) {
        return new InfrastructureException("Time was up while no handler ran", true, -1, cause);
    }

    /**
     * Time was up while MySQL kept it waiting.
     *
     * @param waitedFor what MySQL says it waited for
     * @param index of the delivery whose handler ran; -1 where that is not known
     */
    public static InfrastructureException blocked(String waitedFor, int index, Throwable cause) {
        return new InfrastructureException("MySQL was " + waitedFor + " when time was up", true, index, cause);
    }

    public boolean timedOut() {
        return timedOut;
    }

    /** Of the delivery whose handler waited; -1 where that is not known. */
    public int index() {
        return index;
    }
}
