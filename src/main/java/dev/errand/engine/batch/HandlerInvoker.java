package dev.errand.engine.batch;

import dev.errand.action.Action;
import dev.errand.engine.error.HandlerException;
import dev.errand.engine.error.InfrastructureException;
import dev.errand.engine.handlers.HandlerDefinition;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.outbox.EventsWritten;
import dev.errand.engine.outbox.Outbox;
import dev.errand.engine.outbox.TransactionEvents;
import dev.errand.engine.transaction.QueryCanceller;
import dev.errand.engine.transaction.TransactionProgress;
import dev.errand.engine.transaction.Watchdog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs handlers inside a unit of work, each within its timeout, and writes their changes and events. Thread-safe. */
@ApplicationScoped
class HandlerInvoker {

    private static final Logger LOG = Logger.getLogger(HandlerInvoker.class);

    private final Session session;
    private final Watchdog watchdog;
    private final QueryCanceller canceller;
    private final TransactionEvents events;
    private final Event<EventsWritten> written;

    @Inject
    HandlerInvoker(
            Session session,
            Watchdog watchdog,
            QueryCanceller canceller,
            TransactionEvents events,
            Event<EventsWritten> written) {
        this.session = session;
        this.watchdog = watchdog;
        this.canceller = canceller;
        this.events = events;
        this.written = written;
    }

    /**
     * Runs the handlers of all actions of a batch, in its order.
     *
     * @throws HandlerException if a handler threw
     * @throws InfrastructureException if a handler's timeout expired while it waited in MySQL for something that others hold
     */
    void of(List<BoundAction> actions, TransactionProgress progress) throws Exception {
        var runs = actions.stream().flatMap(action -> action.runs().stream()).toList();
        inOneTransaction(runs, progress, () -> {
            for (var action : actions) {
                handle(action.index(), action.action(), action.runs(), progress);
            }
        });
    }

    /** Runs the handlers of one action. */
    void of(Action<String> action, List<Run<?>> runs, TransactionProgress progress) throws Exception {
        inOneTransaction(runs, progress, () -> handle(0, action, runs, progress));
    }

    private void handle(int index, Action<String> action, List<Run<?>> runs, TransactionProgress progress)
            throws HandlerException, InfrastructureException {
        for (var run : runs) {
            progress.handling(index);
            handle(index, action, run, progress);
        }
        progress.handled();
    }

    private static void prefetch(List<Run<?>> runs) throws Exception {
        var byHandler = new IdentityHashMap<HandlerDefinition<?>, List<Run<?>>>();
        runs.stream().filter(run -> run.binding().prefetches()).forEach(run -> byHandler
                .computeIfAbsent(run.binding(), any -> new ArrayList<>())
                .add(run));
        for (var each : byHandler.entrySet()) {
            each.getKey().prefetch(each.getValue());
        }
    }

    @FunctionalInterface
    private interface Handling {
        void run() throws Exception;
    }

    /**
     * Proves by a savepoint that all handlers ran in one transaction. The savepoint is gone if a handler swallowed a deadlock, which
     * rolls the whole transaction back, or made MySQL commit, as DDL does. Then RELEASE SAVEPOINT fails, and with it the unit of work.
     */
    private void inOneTransaction(List<Run<?>> runs, TransactionProgress progress, Handling handling) throws Exception {
        if (runs.isEmpty()) {
            return;
        }
        execute("SAVEPOINT errand");
        progress.handlersBegin();
        prefetch(runs);
        handling.run();
        session.flush();
        execute("RELEASE SAVEPOINT errand");
        progress.handlersEnded();
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

    private void handle(int index, Action<String> action, Run<?> run, TransactionProgress progress)
            throws HandlerException, InfrastructureException {
        try {
            events.handling(action);
            run(index, run, progress);
        } catch (OutOfMemoryError | InfrastructureException e) {
            throw e;
        } catch (Throwable e) {
            throw new HandlerException(index, action, e);
        } finally {
            // A handler may leave the thread's interrupted flag set, which must not disturb the worker.
            if (Thread.interrupted()) {
                LOG.debugf("The handler of %s interrupted its thread, which is ignored", action);
            }
        }
    }

    private void run(int index, Run<?> run, TransactionProgress progress) throws Exception {
        var timeout = run.binding().timeout();
        if (timeout == null) {
            run.run();
            return;
        }
        var own = session.unwrap(SessionImplementor.class);
        var waited = new WaitedFor();
        var watch = watchdog.watch(
                timeout, () -> {}, () -> waited.state = canceller.cancel(progress.connection(), own::cancelQuery));
        Throwable ended = null;
        try (watch) {
            run.run();
        } catch (Exception | AssertionError | LinkageError | StackOverflowError e) {
            ended = e;
        }
        if (watch.expired()) {
            throw late(
                    new TimeoutException(run.binding().name() + " took longer than its timeout of " + timeout),
                    ended,
                    waited.state,
                    index);
        }
        if (ended instanceof Exception e) {
            throw e;
        } else if (ended instanceof Error e) {
            throw e;
        }
    }

    private static Exception late(
            TimeoutException late, @Nullable Throwable ended, @Nullable String waitedFor, int index) {
        if (ended != null) {
            late.addSuppressed(ended);
        }
        return waitedFor == null ? late : InfrastructureException.lockWait(waitedFor, index, late);
    }

    /** What a handler waited for in MySQL when its timeout expired. */
    private static final class WaitedFor {
        private volatile @Nullable String state;
    }
}
