package dev.errand.work;

import static java.util.Objects.requireNonNull;

import dev.errand.action.Action;
import dev.errand.activity.Activities;
import dev.errand.ledger.Ledger;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.SQLException;
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
class UnitOfWork implements BatchRun.Unit {

    private static final Logger LOG = Logger.getLogger(UnitOfWork.class);

    private final Session session;
    private final AgroalDataSource dataSource;

    /**
     * @param session Quarkus's scoped Session: it leads every call to the Session of the caller's transaction
     * @param dataSource the pool all workers share
     */
    @Inject
    UnitOfWork(Session session, AgroalDataSource dataSource) {
        this.session = session;
        this.dataSource = dataSource;
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
    @Override
    public void run(List<Prepared> prepared) throws Exception {
        var own = session.unwrap(SessionImplementor.class);
        try {
            work(prepared);
        } finally {
            closeIfTimedOut(own);
        }
    }

    private void work(List<Prepared> prepared) throws HandlerFailed, DatabaseAway {
        begin();
        var actions = prepared.stream().map(Prepared::action).toList();
        var duplicates = session.doReturningWork(connection -> Ledger.record(connection, actions));
        List<Action<String>> fresh = new ArrayList<>(actions.size());
        List<Prepared> toHandle = new ArrayList<>();
        for (var action : prepared) {
            if (duplicates.isEmpty() || !duplicates.contains(action.action().key())) {
                fresh.add(action.action());
                if (action.run() != null) {
                    toHandle.add(action);
                }
            }
        }
        if (!toHandle.isEmpty()) {
            handle(toHandle);
        }
        session.doWork(connection -> Activities.add(connection, fresh));
    }

    private void begin() throws DatabaseAway {
        try {
            // Takes the connection, which is otherwise put off to the first statement.
            session.doWork(connection -> {});
        } catch (RuntimeException e) {
            throw new DatabaseAway(e);
        }
    }

    /**
     * A savepoint shows that all handlers ran in one transaction: it is gone if a handler swallowed a deadlock, which rolls
     * the whole transaction back, or made MySQL commit, as DDL does. Then nothing may be settled as if it were done.
     */
    private void handle(List<Prepared> actions) throws HandlerFailed {
        execute("SAVEPOINT errand");
        for (var action : actions) {
            handle(action, requireNonNull(action.run()));
        }
        session.flush();
        execute("RELEASE SAVEPOINT errand");
    }

    private void execute(String sql) {
        session.doWork(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    /**
     * Whether the database can be worked with: it answers, has the ledger, and takes writes. Where it can't, the pool's
     * connections are given up as they come back, lest they lead to a server that is no longer the primary.
     */
    @Override
    public boolean databaseWorks() {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement();
                var result = statement.executeQuery(
                        "SELECT @@GLOBAL.read_only, (SELECT COUNT(*) FROM user_action WHERE seq = 0)")) {
            return result.next() && !result.getBoolean(1);
        } catch (SQLException e) {
            LOG.debugf("The database does not work: %s", e.getMessage());
            dataSource.flush(AgroalDataSource.FlushMode.GRACEFUL);
            return false;
        }
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

    private static void handle(Prepared action, Handlers.Run run) throws HandlerFailed {
        try {
            run.run();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            throw new HandlerFailed(action.position(), action.action(), e);
        } finally {
            // A handler that was interrupted may say so to its thread: the worker is not to end of it.
            if (Thread.interrupted()) {
                LOG.debugf("The handler of %s interrupted its thread, which is not heeded", action.action());
            }
        }
    }
}
