package dev.errand.engine.transaction;

import dev.errand.engine.error.InfrastructureException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** Runs work as one transaction, in the time that a transaction has, and says whose fault it is where that fails. Thread-safe. */
@ApplicationScoped
public class Transactions {

    private final TimedTransaction timed;
    private final Duration timeout;

    @Inject
    Transactions(TimedTransaction timed, TransactionTimeout timeout) {
        this.timed = timed;
        this.timeout = timeout.value();
    }

    /**
     * In a request context of the caller's. When it returns all is committed.
     *
     * @throws InfrastructureException if it failed and no action is guilty
     * @throws Exception if it failed otherwise
     */
    public <T> T run(TransactionalWork<T> work) throws Exception {
        var progress = new TransactionProgress(timeout);
        try {
            return timed.run(work, progress, timeout);
        } catch (Exception e) {
            throw progress.judged(e);
        }
    }
}
