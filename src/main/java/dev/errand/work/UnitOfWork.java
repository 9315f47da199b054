package dev.errand.work;

import static java.util.Objects.requireNonNull;

import dev.errand.action.Action;
import dev.errand.activity.Activities;
import dev.errand.failure.Attempts;
import dev.errand.failure.Due;
import dev.errand.failure.FailedActions;
import dev.errand.failure.FailedActions.Waiting;
import dev.errand.failure.Lines;
import dev.errand.failure.Parked;
import dev.errand.ledger.Ledger;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

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
     * Takes the actions: those the ledger has already change nothing, those whose user has a failed action line up behind
     * it, the others are handled in the given order and recorded.
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
        var now = session.doReturningWork(connection -> take(connection, prepared));
        handle(now);
        session.doWork(connection ->
                Activities.add(connection, now.stream().map(Prepared::action).toList()));
    }

    /**
     * Writes the actions into the ledger and lines up those behind a failed action of their user.
     *
     * @return those to be done now: neither known to the ledger nor waiting
     */
    private static List<Prepared> take(Connection connection, List<Prepared> prepared) throws SQLException {
        var actions = prepared.stream().map(Prepared::action).toList();
        var duplicates = Ledger.record(connection, actions);
        var lines = Lines.of(connection, actions.stream().map(Action::userId).toList());
        if (duplicates.isEmpty() && lines.isEmpty()) {
            return prepared;
        }
        List<Prepared> now = new ArrayList<>(prepared.size());
        List<Waiting> waiting = new ArrayList<>();
        for (var each : prepared) {
            if (!duplicates.contains(each.action().key())) {
                if (lines.contains(each.action().userId())) {
                    waiting.add(new Waiting(each.delivery().original(), each.action()));
                } else {
                    now.add(each);
                }
            }
        }
        if (!waiting.isEmpty()) {
            FailedActions.queue(connection, waiting);
        }
        return now;
    }

    /**
     * Keeps failed actions, with their mark in the ledger.
     *
     * @throws Exception if the database refused
     */
    @ActivateRequestContext
    @Transactional(rollbackOn = Exception.class)
    @Override
    public void park(List<Parked> failed) throws Exception {
        begin();
        session.doWork(connection -> FailedActions.park(connection, failed));
    }

    /**
     * Makes a scheduled attempt at a failed action.
     *
     * @param run what its handler does; null where its type has none
     * @param lease for how long the user's next action is claimed
     * @return the user's next action, claimed; empty where none waits, or another process has made this attempt
     * @throws HandlerFailed if the handler threw
     * @throws Exception if the database refused
     */
    @ActivateRequestContext
    @Transactional(rollbackOn = Exception.class)
    public Optional<Due> attempt(Due due, Handlers.@Nullable Run run, Duration lease) throws Exception {
        var own = session.unwrap(SessionImplementor.class);
        try {
            begin();
            var action = due.action();
            if (!session.doReturningWork(connection -> Ledger.processed(connection, action))) {
                return Optional.empty();
            }
            if (run != null) {
                inOneTransaction(() -> handle(0, action, run));
            }
            return session.doReturningWork(connection -> {
                Activities.add(connection, List.of(action));
                return Attempts.succeeded(connection, due, lease);
            });
        } finally {
            closeIfTimedOut(own);
        }
    }

    private void begin() throws DatabaseAway {
        try {
            // Takes the connection, which is otherwise put off to the first statement.
            session.doWork(connection -> {});
        } catch (RuntimeException e) {
            throw new DatabaseAway(e);
        }
    }

    private void handle(List<Prepared> actions) throws HandlerFailed {
        var toHandle = actions.stream().filter(action -> action.run() != null).toList();
        if (!toHandle.isEmpty()) {
            inOneTransaction(() -> {
                for (var action : toHandle) {
                    handle(action.position(), action.action(), requireNonNull(action.run()));
                }
            });
        }
    }

    /** What handlers do. */
    @FunctionalInterface
    private interface Handling {
        void run() throws HandlerFailed;
    }

    /**
     * A savepoint shows that all handlers ran in one transaction: it is gone if a handler swallowed a deadlock, which rolls
     * the whole transaction back, or made MySQL commit, as DDL does. Then nothing may be settled as if it were done.
     */
    private void inOneTransaction(Handling handling) throws HandlerFailed {
        execute("SAVEPOINT errand");
        handling.run();
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

    private static void handle(int position, Action<String> action, Handlers.Run run) throws HandlerFailed {
        try {
            run.run();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            throw new HandlerFailed(position, action, e);
        } finally {
            // A handler that was interrupted may say so to its thread: the worker is not to end of it.
            if (Thread.interrupted()) {
                LOG.debugf("The handler of %s interrupted its thread, which is not heeded", action);
            }
        }
    }
}
