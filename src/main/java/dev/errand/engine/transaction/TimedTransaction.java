package dev.errand.engine.transaction;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.jboss.logging.Logger;

/** Runs work in a transaction, and ends it when its time is up. Thread-safe. */
@ApplicationScoped
class TimedTransaction {

    private static final Logger LOG = Logger.getLogger(TimedTransaction.class);

    /** The watchdog acts this much earlier than the transaction manager, which would roll back while the thread still works. */
    private static final Duration HEAD_START = Duration.ofMillis(200);

    private final Session session;
    private final Watchdog watchdog;
    private final QueryCanceller canceller;

    @Inject
    TimedTransaction(Session session, Watchdog watchdog, QueryCanceller canceller) {
        this.session = session;
        this.watchdog = watchdog;
        this.canceller = canceller;
    }

    /** Runs the work and commits; rolls back if the work throws, or if its time is up. */
    @Transactional(rollbackOn = Exception.class)
    public <T> T run(TransactionalWork<T> work, TransactionProgress progress, Duration timeout) throws Exception {
        var own = session.unwrap(SessionImplementor.class);
        var watch = watchdog.watch(
                timeout.compareTo(HEAD_START.multipliedBy(2)) > 0 ? timeout.minus(HEAD_START) : timeout,
                progress::timeIsUp,
                () -> progress.waitedFor(canceller.cancel(progress.connection(), own::cancelQuery)));
        T done;
        try {
            done = work.run(progress);
        } finally {
            watch.close();
            if (Thread.interrupted()) {
                LOG.debug("A unit of work was interrupted");
            }
            closeIfTimedOut(own);
        }
        if (watch.expired()) {
            // A cancelled statement may return as if it had succeeded, as SLEEP does: the work has to be rolled back.
            throw new TimeoutException("A unit of work timed out");
        }
        return done;
    }

    /**
     * Closes the Session after Narayana's own thread has rolled back a transaction that took too long. Hibernate defers the Session's
     * clean-up until its own thread uses it, which then throws an exception, and would leave the Session open.
     */
    private static void closeIfTimedOut(SessionImplementor own) {
        if (!own.isTransactionInProgress() && isOpen(own)) {
            own.close();
        }
    }

    private static boolean isOpen(SessionImplementor own) {
        try {
            return own.isOpen();
        } catch (HibernateException rolledBackElsewhere) {
            LOG.debugf("A unit of work took too long and was rolled back: %s", rolledBackElsewhere.getMessage());
            return own.isOpen();
        }
    }
}
