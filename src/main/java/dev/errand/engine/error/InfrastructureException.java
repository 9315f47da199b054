package dev.errand.engine.error;

/**
 * A unit of work failed, or the outcome of its COMMIT is unknown, and none of its actions is guilty. Either the database failed a
 * statement of Errand's own or the COMMIT, or the timeout expired while no handler ran, or it expired while a handler waited for
 * something that MySQL reports, such as another session's lock on a table.
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

    /** @param cause the error that MySQL or the transaction manager reported */
    public static InfrastructureException outsideHandlers(Throwable cause) {
        return new InfrastructureException("The unit of work failed outside of handlers", false, -1, cause);
    }

    /** The timeout expired while no handler ran. */
    public static InfrastructureException late(Throwable cause) {
        return new InfrastructureException("The timeout expired while no handler ran", true, -1, cause);
    }

    /**
     * The timeout expired while a statement waited in MySQL.
     *
     * @param waitedFor the statement's state in MySQL's process list, such as {@code Waiting for table metadata lock}
     * @param index the index in the batch of the action whose handler ran; -1 if that is not known
     */
    public static InfrastructureException lockWait(String waitedFor, int index, Throwable cause) {
        return new InfrastructureException(
                "The timeout expired while MySQL was in the state \"" + waitedFor + "\"", true, index, cause);
    }

    public boolean timedOut() {
        return timedOut;
    }

    /** Returns the index in the batch of the action whose handler waited; -1 if that is not known. */
    public int index() {
        return index;
    }
}
