package dev.errand.engine.batch;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.engine.activity.Activities;
import dev.errand.engine.database.DatabaseProbe;
import dev.errand.engine.database.PrimaryWatch;
import dev.errand.engine.error.DatabaseUnavailableException;
import dev.errand.engine.error.HandlerException;
import dev.errand.engine.error.InfrastructureException;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.ledger.Ledger;
import dev.errand.engine.parking.AlreadyProcessedException;
import dev.errand.engine.parking.Attempts;
import dev.errand.engine.parking.BlockedUsers;
import dev.errand.engine.parking.ClaimedAttempt;
import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.IdentityConflicts;
import dev.errand.engine.parking.ParkedAction;
import dev.errand.engine.parking.ParkedActions;
import dev.errand.engine.parking.PublishedAction;
import dev.errand.engine.retry.FailurePolicy;
import dev.errand.engine.transaction.QueryCanceller;
import dev.errand.engine.transaction.TransactionProgress;
import dev.errand.engine.transaction.Transactions;
import dev.errand.handler.NonRetryableException;
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
public class TransactionalUnitOfWork implements UnitOfWork {

    private final Session session;
    private final Transactions transactions;
    private final HandlerInvoker handlerRuns;
    private final DatabaseProbe probe;
    private final PrimaryWatch primaryWatch;
    private final FailurePolicy rules;

    /** @param session Quarkus's scoped Session: it leads every call to the Session of the caller's transaction */
    @Inject
    TransactionalUnitOfWork(
            Session session,
            Transactions transactions,
            HandlerInvoker handlerRuns,
            DatabaseProbe probe,
            PrimaryWatch primaryWatch,
            FailurePolicy rules) {
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
     * @throws HandlerException if a handler threw
     * @throws InfrastructureException if none of them can be guilty
     * @throws AbandonedException if one of them was
     * @throws Exception if the database refused; where, and whether it is an action's fault, is the caller's to find out
     */
    @ActivateRequestContext
    @Override
    public BatchResult run(List<BoundAction> prepared) throws Exception {
        return transactions.run(progress -> work(prepared, progress));
    }

    private BatchResult work(List<BoundAction> prepared, TransactionProgress progress) throws Exception {
        begin(progress, () -> prepared.stream()
                .noneMatch(each -> each.delivery().abandoned()));
        var taken = session.doReturningWork(connection -> take(connection, prepared));
        var now = taken.done();
        // Before the handlers: the rows' locks keep an attempt at another action of these users from running beside
        // them.
        session.doWork(connection ->
                Activities.add(connection, now.stream().map(BoundAction::action).toList()));
        handlerRuns.of(now, progress);
        return taken;
    }

    /**
     * Writes the actions into the ledger and lines up those behind a failed action of their user.
     *
     * @return with what is to be done now: neither known to the ledger nor waiting
     */
    private BatchResult take(Connection connection, List<BoundAction> prepared) throws SQLException {
        Set<ActionKey> keys = new HashSet<>();
        List<BoundAction> known = new ArrayList<>();
        List<BoundAction> first = new ArrayList<>(prepared.size());
        prepared.forEach(each -> (keys.add(each.action().key()) ? first : known).add(each));
        var actions = first.stream().map(BoundAction::action).toList();
        var duplicates = Ledger.record(connection, actions);
        var lines =
                BlockedUsers.of(connection, actions.stream().map(Action::userId).toList());
        if (known.isEmpty() && duplicates.isEmpty() && lines.isEmpty()) {
            return new BatchResult(prepared, List.of(), List.of(), List.of());
        }
        return sorted(connection, first, known, duplicates, lines);
    }

    /** @param known repeats of actions of the same batch; those of the ledger's are added */
    private BatchResult sorted(
            Connection connection,
            List<BoundAction> first,
            List<BoundAction> known,
            Set<ActionKey> duplicates,
            Set<String> lines)
            throws SQLException {
        List<BoundAction> now = new ArrayList<>(first.size());
        List<BoundAction> behind = new ArrayList<>();
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
            ParkedActions.queue(connection, waiting(behind));
        }
        // After that: what is known may be a repeat of one that waits now.
        var conflicting = keepConflicting(connection, IdentityConflicts.among(connection, waiting(known)));
        var others = IdentityConflicts.position(conflicting);
        known.removeIf(each -> others.contains(each.action().position()));
        return new BatchResult(now, known, conflicting, behind);
    }

    private static List<PublishedAction> waiting(List<BoundAction> prepared) {
        return prepared.stream()
                .map(each -> new PublishedAction(each.delivery().original(), each.action()))
                .toList();
    }

    private List<IdentityConflict> keepConflicting(Connection connection, List<IdentityConflict> conflicts)
            throws SQLException {
        ParkedActions.keepConflicting(connection, conflicts, rules.publishesDead());
        return conflicts;
    }

    /**
     * Keeps failed actions, with their mark in the ledger.
     *
     * @return those whose identity is another action's: they are kept as dead
     * @throws AbandonedException if they are not wanted any more
     * @throws Exception if the database refused
     */
    @ActivateRequestContext
    @Override
    public List<IdentityConflict> park(List<ParkedAction> failed, BooleanSupplier stillWanted) throws Exception {
        return transactions.run(progress -> {
            begin(progress, stillWanted);
            return session.doReturningWork(
                    connection -> keepConflicting(connection, ParkedActions.park(connection, failed)));
        });
    }

    /**
     * Makes a scheduled attempt at a failed action.
     *
     * @param runs what its handlers do, in their order
     * @param lease for how long the user's next action is claimed
     * @return the user's next action, claimed; empty where none waits
     * @throws AlreadyProcessedException if its effects are there
     * @throws HandlerException if the handler threw
     * @throws Exception if the database refused
     */
    @ActivateRequestContext
    public Optional<ClaimedAttempt> attempt(ClaimedAttempt due, List<Run<?>> runs, Duration lease) throws Exception {
        return transactions.run(progress -> attempt(due, runs, lease, progress));
    }

    private Optional<ClaimedAttempt> attempt(
            ClaimedAttempt due, List<Run<?>> runs, Duration lease, TransactionProgress progress) throws Exception {
        begin(progress, () -> true);
        var action = due.action();
        // First, as in every unit of work: it waits until no other of this user's is under way.
        session.doWork(connection -> Activities.add(connection, List.of(action)));
        switch (session.doReturningWork(connection -> Ledger.status(connection, action.key()))) {
            case PROCESSED -> throw new AlreadyProcessedException();
            case UNKNOWN ->
                throw new NonRetryableException(
                        "the ledger has no row of this action any more: its retention is shorter than this took");
            case UNPROCESSED -> {}
        }
        handlerRuns.of(action, runs, progress);
        return session.doReturningWork(connection -> {
            if (!Ledger.markProcessed(connection, action, due.edited())) {
                throw new AlreadyProcessedException();
            }
            return Attempts.markSucceeded(connection, due, lease);
        });
    }

    /** Asks whether it is still wanted with the connection in hand: only then is it clear which server that leads to. */
    private void begin(TransactionProgress progress, BooleanSupplier stillWanted)
            throws DatabaseUnavailableException, AbandonedException {
        try {
            // Takes the connection, which is otherwise put off to the first statement.
            session.doWork(connection -> {
                progress.connected(QueryCanceller.idOf(connection));
                primaryWatch.requirePrimary(connection);
            });
        } catch (RuntimeException e) {
            throw new DatabaseUnavailableException(e);
        }
        if (!stillWanted.getAsBoolean()) {
            throw new AbandonedException();
        }
    }

    @Override
    public boolean databaseWorks() {
        return probe.trouble().isEmpty();
    }
}
