package dev.errand.engine.error;

import java.util.concurrent.TimeoutException;

/** The timeout of a unit of work expired while its handlers ran, and nothing shows that they waited for MySQL. */
public final class TransactionTimeoutException extends Exception {

    private static final long serialVersionUID = 1;

    /** @param ended the exception that the unit of work ended with */
    public TransactionTimeoutException(TimeoutException late, Throwable ended) {
        super(late.getMessage(), late);
        addSuppressed(ended);
    }
}
