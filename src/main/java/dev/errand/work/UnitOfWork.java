package dev.errand.work;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.activity.Activities;
import dev.errand.failure.Attempts;
import dev.errand.failure.Conflict;
import dev.errand.failure.Conflicts;
import dev.errand.failure.Due;
import dev.errand.failure.FailedActions;
import dev.errand.failure.FailedActions.Waiting;
import dev.errand.failure.Lines;
import dev.errand.failure.Parked;
import dev.errand.handler.PermanentFailure;
import dev.errand.ledger.Ledger;
import dev.errand.outbox.Outbox;
import dev.errand.work.Binding.Run;
import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
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
    private final Watchdog watchdog;
    private final EventsOfUnit events;
    private final Event<EventsWritten> written;
    private final FailureRules rules;
    private final Duration timeout;

    /**
     * @param session Quarkus's scoped Session: it leads every call to the Session of the caller's transaction
     * @param dataSource the pool all workers share
     */
    @Inject
    UnitOfWork(
            Session session,
            AgroalDataSource dataSource,
            Watchdog watchdog,
            EventsOfUnit events,
            Event<EventsWritten> written,
            Handlers handlers,
            FailureRules rules) {
        this.session = session;
        this.dataSource = dataSource;
        this.watchdog = watchdog;
        this.events = events;
        this.written = written;
        this.rules = rules;
        this.timeout = handlers.transactionTimeout();
    }

    /**
     * Takes the actions: those the ledger has already change nothing, and are kept as dead where they only have the identity
     * of what it has; those whose user has a failed action line up behind it; the others are handled in the given order and
     * recorded.
     *
     * @param prepared each user's in order; of several with one key the first counts
     * @return what became of them, once this is committed
     * @throws HandlerFailed if a handler threw
     * @throws Exception if the database refused; where, and whether it is an action's fault, is the caller's to find out
     */
    @ActivateRequestContext
    @Transactional(rollbackOn = Exception.class)
    @Override
    public Taken run(List<Prepared> prepared) throws Exception {
        return inTime(() -> work(prepared));
    }

    private Taken work(List<Prepared> prepared) throws Exception {
        begin();
        var taken = session.doReturningWork(connection -> take(connection, prepared));
        var now = taken.done();
        // Before the handlers: the rows' locks keep an attempt at another action of these users from running beside
        // them.
        session.doWork(connection ->
                Activities.add(connection, now.stream().map(Prepared::action).toList()));
        handle(now);
        return taken;
    }

    /** What is done in a unit of work. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws Exception;
    }

    /** When the transaction's time is up, it is rolled back by another thread: then this one has nothing to do any more. */
    private <T> T inTime(Work<T> work) throws Exception {
        var own = session.unwrap(SessionImplementor.class);
        var watch = watchdog.watch(timeout, own::cancelQuery);
        try {
            return work.run();
        } finally {
            watch.close();
            if (Thread.interrupted()) {
                LOG.debug("A unit of work was interrupted");
            }
            closeIfTimedOut(own);
        }
    }

    /**
     * Writes the actions into the ledger and lines up those behind a failed action of their user.
     *
     * @return with what is to be done now: neither known to the ledger nor waiting
     */
    private Taken take(Connection connection, List<Prepared> prepared) throws SQLException {
        Set<ActionKey> keys = new HashSet<>();
        List<Prepared> known = new ArrayList<>();
        List<Prepared> first = new ArrayList<>(prepared.size());
        prepared.forEach(each -> (keys.add(each.action().key()) ? first : known).add(each));
        var actions = first.stream().map(Prepared::action).toList();
        var duplicates = Ledger.record(connection, actions);
        var lines = Lines.of(connection, actions.stream().map(Action::userId).toList());
        if (known.isEmpty() && duplicates.isEmpty() && lines.isEmpty()) {
            return new Taken(prepared, List.of(), List.of(), List.of());
        }
        List<Prepared> now = new ArrayList<>(first.size());
        List<Prepared> behind = new ArrayList<>();
        for (var each : first) {
            if (duplicates.contains(each.action().key())) {
                known.add(each);
            } else if (lines.contains(each.action().userId())) {
                behind.add(each);
            } else {
                now.add(each);
            }
        }
        if (!behind.isEmpty()) {
            FailedActions.queue(connection, waiting(behind));
        }
        // After that: what is known may be a repeat of one that waits now.
        var conflicting = keepConflicting(connection, Conflicts.among(connection, waiting(known)));
        var others = Conflicts.coordinates(conflicting);
        known.removeIf(each -> others.contains(each.action().coordinates()));
        return new Taken(now, known, conflicting, behind);
    }

    private static List<Waiting> waiting(List<Prepared> prepared) {
        return prepared.stream()
                .map(each -> new Waiting(each.delivery().original(), each.action()))
                .toList();
    }

    private List<Conflict> keepConflicting(Connection connection, List<Conflict> conflicts) throws SQLException {
        FailedActions.keepConflicting(connection, conflicts, rules.publishesDead());
        return conflicts;
    }

    /**
     * Keeps failed actions, with their mark in the ledger.
     *
     * @return those whose identity is another action's: they are kept as dead
     * @throws Exception if the database refused
     */
    @ActivateRequestContext
    @Transactional(rollbackOn = Exception.class)
    @Override
    public List<Conflict> park(List<Parked> failed) throws Exception {
        return inTime(() -> {
            begin();
            return session.doReturningWork(
                    connection -> keepConflicting(connection, FailedActions.park(connection, failed)));
        });
    }

    /**
     * Makes a scheduled attempt at a failed action.
     *
     * @param runs what its handlers do, in their order
     * @param lease for how long the user's next action is claimed
     * @return the user's next action, claimed; empty where none waits
     * @throws AlreadyProcessed if its effects are there
     * @throws HandlerFailed if the handler threw
     * @throws Exception if the database refused
     */
    @ActivateRequestContext
    @Transactional(rollbackOn = Exception.class)
    public Optional<Due> attempt(Due due, List<Run<?>> runs, Duration lease) throws Exception {
        return inTime(() -> attemptInTime(due, runs, lease));
    }

    private Optional<Due> attemptInTime(Due due, List<Run<?>> runs, Duration lease) throws Exception {
        begin();
        var action = due.action();
        // First, as in every unit of work: it waits until no other of this user's is under way.
        session.doWork(connection -> Activities.add(connection, List.of(action)));
        switch (session.doReturningWork(connection -> Ledger.status(connection, action.key()))) {
            case PROCESSED -> throw new AlreadyProcessed();
            case UNKNOWN ->
                throw new PermanentFailure(
                        "the ledger has no row of this action any more: its retention is shorter than this took");
            case UNPROCESSED -> {}
        }
        inOneTransaction(runs, () -> handle(0, action, runs));
        return session.doReturningWork(connection -> {
            if (!Ledger.processed(connection, action, due.edited())) {
                throw new AlreadyProcessed();
            }
            return Attempts.succeeded(connection, due, lease);
        });
    }

    private void begin() throws DatabaseAway {
        try {
            // Takes the connection, which is otherwise put off to the first statement.
            session.doWork(connection -> {});
        } catch (RuntimeException e) {
            throw new DatabaseAway(e);
        }
    }

    private void handle(List<Prepared> actions) throws Exception {
        var runs = actions.stream().flatMap(action -> action.runs().stream()).toList();
        inOneTransaction(runs, () -> {
            for (var action : actions) {
                handle(action.position(), action.action(), action.runs());
            }
        });
    }

    private void handle(int position, Action<String> action, List<Run<?>> runs) throws HandlerFailed {
        for (var run : runs) {
            handle(position, action, run);
        }
    }

    private static void prefetch(List<Run<?>> runs) throws Exception {
        var byHandler = new IdentityHashMap<Binding<?>, List<Run<?>>>();
        runs.stream().filter(run -> run.binding().prefetches()).forEach(run -> byHandler
                .computeIfAbsent(run.binding(), any -> new ArrayList<>())
                .add(run));
        for (var each : byHandler.entrySet()) {
            each.getKey().prefetch(each.getValue());
        }
    }

    /** What handlers do. */
    @FunctionalInterface
    private interface Handling {
        void run() throws Exception;
    }

    /**
     * A savepoint shows that all handlers ran in one transaction: it is gone if a handler swallowed a deadlock, which rolls
     * the whole transaction back, or made MySQL commit, as DDL does. Then nothing may be settled as if it were done.
     */
    private void inOneTransaction(List<Run<?>> runs, Handling handling) throws Exception {
        if (runs.isEmpty()) {
            return;
        }
        execute("SAVEPOINT errand");
        prefetch(runs);
        handling.run();
        session.flush();
        execute("RELEASE SAVEPOINT errand");
        var emitted = events.emitted();
        if (!emitted.isEmpty()) {
            session.doWork(connection -> Outbox.add(connection, emitted));
            written.fire(new EventsWritten());
        }
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

    private void handle(int position, Action<String> action, Run<?> run) throws HandlerFailed {
        try {
            events.handling(action);
            run(run);
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

    private void run(Run<?> run) throws Exception {
        var timeout = run.binding().timeout();
        if (timeout == null) {
            run.run();
            return;
        }
        var own = session.unwrap(SessionImplementor.class);
        var watch = watchdog.watch(timeout, own::cancelQuery);
        Throwable ended = null;
        try (watch) {
            run.run();
        } catch (Exception | AssertionError | LinkageError | StackOverflowError e) {
            ended = e;
        }
        if (watch.expired()) {
            var late = new TimeoutException(run.binding().name() + " took longer than its timeout of " + timeout);
            if (ended != null) {
                late.addSuppressed(ended);
            }
            throw late;
        }
        if (ended instanceof Exception e) {
            throw e;
        } else if (ended instanceof Error e) {
            throw e;
        }
    }
}
