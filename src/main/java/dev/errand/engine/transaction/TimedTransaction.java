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

/** One transaction that is ended when its time is up. Thread-safe. */
@ApplicationScoped
class TimedTransaction {

    private static final Logger LOG = Logger.getLogger(TimedTransaction.class);

    /** The watchdog comes before the transaction manager, which would roll back beneath the thread that still works. */
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

    /** Does the work and commits. What the work throws rolls back. */
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
            // A statement that is cancelled may return as if all were well, as SLEEP does: nothing of this is to stay.
            throw new TimeoutException("The time of a unit of work was up");
        }
        return done;
    }

    /**
     * A transaction that takes too long is rolled back by Narayana's thread. The Session's own clean-up is put off until
     * its own thread touches it, which is told by an exception, and nobody closes it: that is done here.
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
            LOG.debugf("A unit of work took too long: %s", rolledBackElsewhere.getMessage());
            return own.isOpen();
        }
    }
}
