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
import dev.errand.engine.parking.ChangedDuringAttemptException;
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
 * One unit of work: one Session, one transaction, one connection. When {@link #run} returns, everything is committed. When it throws,
 * nothing is, unless the COMMIT itself failed, whose outcome only the ledger shows. Either way the Session is closed and the
 * connection is back in the pool.
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
    private final FailurePolicy policy;

    /** @param session Quarkus's scoped proxy, which delegates each call to the Session of the caller's transaction */
    @Inject
    TransactionalUnitOfWork(
            Session session,
            Transactions transactions,
            HandlerInvoker handlerRuns,
            DatabaseProbe probe,
            PrimaryWatch primaryWatch,
            FailurePolicy policy) {
        this.session = session;
        this.transactions = transactions;
        this.handlerRuns = handlerRuns;
        this.probe = probe;
        this.primaryWatch = primaryWatch;
        this.policy = policy;
    }

    /**
     * Records the actions in the ledger and handles the new ones in the given order. Repeats of what the ledger has change nothing;
     * conflicting actions are parked as dead; actions of blocked users are parked behind the earlier ones.
     *
     * @param prepared the actions, each user's in order; the first of several with one key counts
     * @return their outcomes, after the commit
     * @throws HandlerException if a handler threw
     * @throws InfrastructureException if no action can be guilty
     * @throws AbandonedException if an action was abandoned
     * @throws Exception if the database failed; the caller has to find out whether an action is guilty
     */
    @ActivateRequestContext
    @Override
    public BatchResult run(List<BoundAction> prepared) throws Exception {
        return transactions.run(progress -> work(prepared, progress));
    }

    private BatchResult work(List<BoundAction> prepared, TransactionProgress progress) throws Exception {
        begin(progress, () -> prepared.stream().noneMatch(each -> each.record().abandoned()));
        var taken = session.doReturningWork(connection -> take(connection, prepared));
        var now = taken.done();
        // Before the handlers: the row locks keep scheduled attempts at these users' actions from running at the same
        // time.
        session.doWork(connection ->
                Activities.add(connection, now.stream().map(BoundAction::action).toList()));
        handlerRuns.of(now, progress);
        return taken;
    }

    /**
     * Writes the actions into the ledger and parks those of blocked users.
     *
     * @return the outcomes; {@code done} are the actions that are still to be handled
     */
    private BatchResult take(Connection connection, List<BoundAction> prepared) throws SQLException {
        Set<ActionKey> keys = new HashSet<>();
        List<BoundAction> known = new ArrayList<>();
        List<BoundAction> first = new ArrayList<>(prepared.size());
        prepared.forEach(each -> (keys.add(each.action().key()) ? first : known).add(each));
        var actions = first.stream().map(BoundAction::action).toList();
        var duplicates = Ledger.record(connection, actions);
        var blocked =
                BlockedUsers.of(connection, actions.stream().map(Action::userId).toList());
        if (known.isEmpty() && duplicates.isEmpty() && blocked.isEmpty()) {
            return new BatchResult(prepared, List.of(), List.of(), List.of());
        }
        return sorted(connection, first, known, duplicates, blocked);
    }

    /** @param known repeats within the batch; this method adds the repeats of actions that the ledger has */
    private BatchResult sorted(
            Connection connection,
            List<BoundAction> first,
            List<BoundAction> known,
            Set<ActionKey> duplicates,
            Set<String> blocked)
            throws SQLException {
        List<BoundAction> now = new ArrayList<>(first.size());
        List<BoundAction> behind = new ArrayList<>();
        for (var each : first) {
            if (duplicates.contains(each.action().key())) {
                known.add(each);
            } else if (blocked.contains(each.action().userId())) {
                behind.add(each);
            } else {
                now.add(each);
            }
        }
        if (!behind.isEmpty()) {
            ParkedActions.queue(connection, waiting(behind));
        }
        // Only now, because a repeat may be one of an action that was parked just above.
        var conflicting = keepConflicting(connection, IdentityConflicts.among(connection, waiting(known)));
        var others = IdentityConflicts.position(conflicting);
        known.removeIf(each -> others.contains(each.action().position()));
        return new BatchResult(now, known, conflicting, behind);
    }

    private static List<PublishedAction> waiting(List<BoundAction> prepared) {
        return prepared.stream()
                .map(each -> new PublishedAction(each.record().original(), each.action()))
                .toList();
    }

    private List<IdentityConflict> keepConflicting(Connection connection, List<IdentityConflict> conflicts)
            throws SQLException {
        ParkedActions.keepConflicting(connection, conflicts, policy.publishesDead());
        return conflicts;
    }

    /**
     * Parks failed actions and records them in the ledger as unprocessed.
     *
     * @param stillWanted asked before anything is changed
     * @return the actions whose identity belongs to another action: they are parked as dead
     * @throws AbandonedException if the actions are no longer wanted
     * @throws Exception if the database failed
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
     * Makes a scheduled attempt at a parked action.
     *
     * @param runs its handlers' runs, in their order
     * @param lease how long the user's next action stays claimed
     * @return the user's next action, claimed; empty if none waits
     * @throws AlreadyProcessedException if the action's effects are committed already
     * @throws ChangedDuringAttemptException if the action was changed in the meantime
     * @throws HandlerException if a handler threw
     * @throws Exception if the database failed
     */
    @ActivateRequestContext
    public Optional<ClaimedAttempt> attempt(ClaimedAttempt due, List<Run<?>> runs, Duration lease) throws Exception {
        return transactions.run(progress -> attempt(due, runs, lease, progress));
    }

    private Optional<ClaimedAttempt> attempt(
            ClaimedAttempt due, List<Run<?>> runs, Duration lease, TransactionProgress progress) throws Exception {
        begin(progress, () -> true);
        var action = due.action();
        // Before the handlers, as in every unit of work: the row lock makes this wait until no other unit of the user
        // runs.
        session.doWork(connection -> Activities.add(connection, List.of(action)));
        switch (session.doReturningWork(connection -> Ledger.status(connection, action.key()))) {
            case PROCESSED -> throw new AlreadyProcessedException();
            case UNKNOWN ->
                throw new NonRetryableException(
                        "the ledger no longer has a row for this action: its retention is shorter than this attempt was"
                                + " delayed");
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

    /** Gets the connection before it asks whether the unit is still wanted, so that the server is known to be the primary by then. */
    private void begin(TransactionProgress progress, BooleanSupplier stillWanted)
            throws DatabaseUnavailableException, AbandonedException {
        try {
            // Gets the connection, which Hibernate otherwise does only at the first statement.
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
