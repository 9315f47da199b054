package dev.errand.work;

import dev.errand.action.Action;
import dev.errand.activity.Activities;
import dev.errand.ledger.Ledger;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.jboss.logging.Logger;

/**
 * One unit of work: one Session, one transaction, one connection. When {@link #run} returns all is committed; when it
 * throws nothing is, unless the COMMIT itself failed, which leaves that unknown until the ledger is asked. Either way the
 * Session is closed and the connection is back in the pool.
 *
 * <p>Thread-safe: every run has its own Session.
 */
@ApplicationScoped
class UnitOfWork {

    private static final Logger LOG = Logger.getLogger(UnitOfWork.class);

    private final Session session;

    /** @param session Quarkus's scoped Session: it leads every call to the Session of the caller's transaction */
    @Inject
    UnitOfWork(Session session) {
        this.session = session;
    }

    /**
     * Takes the actions: those the ledger has already change nothing, the others are handled in the given order and
     * recorded.
     *
     * @param prepared no two with one key
     * @throws HandlerFailed if a handler threw
     * @throws Exception if the database refused; where, and whether it is an action's fault, is the caller's to find out
     */
    @ActivateRequestContext
    @Transactional(rollbackOn = Exception.class)
    void run(List<Prepared> prepared) throws Exception {
        var own = session.unwrap(SessionImplementor.class);
        try {
            work(prepared);
        } finally {
            closeIfTimedOut(own);
        }
    }

    private void work(List<Prepared> prepared) throws HandlerFailed {
        var actions = prepared.stream().map(Prepared::action).toList();
        var duplicates = session.doReturningWork(connection -> Ledger.record(connection, actions));
        List<Action<String>> fresh = new ArrayList<>(actions.size());
        for (var action : prepared) {
            if (!duplicates.contains(action.action().key())) {
                fresh.add(action.action());
                handle(action);
            }
        }
        session.flush();
        session.doWork(connection -> Activities.add(connection, fresh));
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

    private static void handle(Prepared action) throws HandlerFailed {
        var run = action.run();
        if (run == null) {
            return;
        }
        try {
            run.run();
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            throw new HandlerFailed(action.position(), action.action(), e);
        }
    }
}
