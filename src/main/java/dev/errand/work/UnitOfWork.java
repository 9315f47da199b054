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
import dev.errand.work.Binding.Run;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.hibernate.Session;

/**
 * One unit of work: one Session, one transaction, one connection. When {@link #run} returns all is committed; when it
 * throws nothing is, unless the COMMIT itself failed, which leaves that unknown until the ledger is asked. Either way the
 * Session is closed and the connection is back in the pool.
 *
 * <p>Thread-safe: every run has its own Session.
 */
@ApplicationScoped
class UnitOfWork implements BatchRun.Unit {

    private final Session session;
    private final Transactions transactions;
    private final HandlerRuns handlerRuns;
    private final DatabaseProbe probe;
    private final PrimaryWatch primaryWatch;
    private final FailureRules rules;

    /** @param session Quarkus's scoped Session: it leads every call to the Session of the caller's transaction */
    @Inject
    UnitOfWork(
            Session session,
            Transactions transactions,
            HandlerRuns handlerRuns,
            DatabaseProbe probe,
            PrimaryWatch primaryWatch,
            FailureRules rules) {
        this.session = session;
        this.transactions = transactions;
        this.handlerRuns = handlerRuns;
        this.probe = probe;
        this.primaryWatch = primaryWatch;
        this.rules = rules;
    }

    /**
     * Takes the actions: those the ledger has already change nothing, and are kept as dead where they only have the identity
     * of what it has; those whose user has a failed action line up behind it; the others are handled in the given order and
     * recorded.
     *
     * @param prepared each user's in order; of several with one key the first counts
     * @return what became of them, once this is committed
     * @throws HandlerFailed if a handler threw
     * @throws NoActionsFault if none of them can be guilty
     * @throws Abandoned if one of them was
     * @throws Exception if the database refused; where, and whether it is an action's fault, is the caller's to find out
     */
    @ActivateRequestContext
    @Override
    public Taken run(List<Prepared> prepared) throws Exception {
        return transactions.run(progress -> work(prepared, progress));
    }

    private Taken work(List<Prepared> prepared, Progress progress) throws Exception {
        begin(progress, () -> prepared.stream()
                .noneMatch(each -> each.delivery().abandoned()));
        var taken = session.doReturningWork(connection -> take(connection, prepared));
        var now = taken.done();
        // Before the handlers: the rows' locks keep an attempt at another action of these users from running beside
        // them.
        session.doWork(connection ->
                Activities.add(connection, now.stream().map(Prepared::action).toList()));
        handlerRuns.of(now, progress);
        return taken;
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
        return sorted(connection, first, known, duplicates, lines);
    }

    /** @param known repeats of actions of the same batch; those of the ledger's are added */
    private Taken sorted(
            Connection connection,
            List<Prepared> first,
            List<Prepared> known,
            Set<ActionKey> duplicates,
            Set<String> lines)
            throws SQLException {
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
     * @throws Abandoned if they are not wanted any more
     * @throws Exception if the database refused
     */
    @ActivateRequestContext
    @Override
    public List<Conflict> park(List<Parked> failed, BooleanSupplier stillWanted) throws Exception {
        return transactions.run(progress -> {
            begin(progress, stillWanted);
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
    public Optional<Due> attempt(Due due, List<Run<?>> runs, Duration lease) throws Exception {
        return transactions.run(progress -> attempt(due, runs, lease, progress));
    }

    private Optional<Due> attempt(Due due, List<Run<?>> runs, Duration lease, Progress progress) throws Exception {
        begin(progress, () -> true);
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
        handlerRuns.of(action, runs, progress);
        return session.doReturningWork(connection -> {
            if (!Ledger.processed(connection, action, due.edited())) {
                throw new AlreadyProcessed();
            }
            return Attempts.succeeded(connection, due, lease);
        });
    }

    /** Asks whether it is still wanted with the connection in hand: only then is it clear which server that leads to. */
    private void begin(Progress progress, BooleanSupplier stillWanted) throws DatabaseAway, Abandoned {
        try {
            // Takes the connection, which is otherwise put off to the first statement.
            session.doWork(connection -> {
                progress.connected(QueryCanceller.idOf(connection));
                primaryWatch.requirePrimary(connection);
            });
        } catch (RuntimeException e) {
            throw new DatabaseAway(e);
        }
        if (!stillWanted.getAsBoolean()) {
            throw new Abandoned();
        }
    }

    @Override
    public boolean databaseWorks() {
        return probe.trouble().isEmpty();
    }
}
