package dev.errand.engine.error;

import java.util.concurrent.TimeoutException;

/** The time of a unit of work was up while its handlers ran, and nothing shows that MySQL kept them waiting. */
public final class TransactionTimeoutException extends Exception {

    private static final long serialVersionUID = 1;

    /** @param ended what the unit of work ended with for that */
    public TransactionTimeoutException(TimeoutException late, Throwable ended) {
        super(late.getMessage(), late);
        addSuppressed(ended);
    }
}
