package dev.errand.engine.transaction;

import dev.errand.engine.error.InfrastructureException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** Runs work as one transaction within the transaction timeout, and classifies its failures. Thread-safe. */
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
     * Runs work and commits it. The caller has to have an active request context.
     *
     * @throws InfrastructureException if the transaction failed, and no action caused that
     * @throws Exception if the transaction failed otherwise
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
