package dev.errand.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** Runs work as one transaction, in the time that a transaction has, and says whose fault it is where that fails. Thread-safe. */
@ApplicationScoped
class Transactions {

    private final TimedTransaction timed;
    private final Duration timeout;

    @Inject
    Transactions(TimedTransaction timed, Handlers handlers) {
        this.timed = timed;
        this.timeout = handlers.transactionTimeout();
    }

    /** What is done in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        /** @param progress to be told how far it is */
        T run(Progress progress) throws Exception;
    }

    /**
     * In a request context of the caller's. When it returns all is committed.
     *
     * @throws NoActionsFault if it failed and no action is guilty
     * @throws Exception if it failed otherwise
     */
    <T> T run(Work<T> work) throws Exception {
        var progress = new Progress(timeout);
        try {
            return timed.run(work, progress, timeout);
        } catch (Exception e) {
            throw progress.judged(e);
        }
    }
}
