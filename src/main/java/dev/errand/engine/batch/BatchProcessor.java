package dev.errand.engine.batch;

import dev.errand.action.Action;
import dev.errand.engine.dispatch.Requeue;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.Failure;
import dev.errand.engine.error.HandlerException;
import dev.errand.engine.error.InfrastructureException;
import dev.errand.engine.handlers.HandlerRegistry;
import dev.errand.engine.handlers.Permits;
import dev.errand.engine.liveness.Sleeper;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.observation.WorkObserver.Outcome;
import dev.errand.engine.observation.WorkObserver.RetryReason;
import dev.errand.engine.record.DecodedRecord;
import dev.errand.engine.record.InFlightRecord;
import dev.errand.engine.retry.FailurePolicy;
import dev.errand.engine.retry.Recovery;
import dev.errand.engine.retry.Recovery.Step;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes a worker's batches: as one unit of work if all goes well, and otherwise in as many as it takes to find the guilty actions
 * and commit all others. Actions that have used up their attempts in memory are parked. For one thread.
 */
public final class BatchProcessor {

    private final HandlerRegistry handlers;
    private final FailurePolicy policy;
    private final UnitOfWork unit;
    private final SafeObserver observer;
    private final BatchLog log;
    private final Sleeper sleeper;
    private final Clock clock;

    /** @param sleeper waits between attempts, and says when the engine stops */
    public BatchProcessor(
            HandlerRegistry handlers,
            FailurePolicy policy,
            UnitOfWork unit,
            SafeObserver observer,
            BatchLog log,
            Sleeper sleeper,
            Clock clock) {
        this.handlers = handlers;
        this.policy = policy;
        this.unit = unit;
        this.observer = observer;
        this.log = log;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /**
     * Completes all records that can be completed, by committing their effects or by parking them.
     *
     * @param records each user's in order
     * @return the records to put back into the queue: for each user with an action that is to be tried again or to run alone, that
     *     action and the user's later ones. A record that is neither completed nor returned was given up, because its partition was
     *     revoked or the engine stops
     */
    List<Requeue<InFlightRecord>> process(List<InFlightRecord> records) {
        var batch = new BatchState(records);
        var bound = bind(batch);
        try (var permits = permits(batch, bound)) {
            if (!permits.mustWait()) {
                work(batch, bound);
            }
        }
        // After the work, because then the user's earlier actions are completed, and parked ones keep their order.
        park(batch, batch.toBeParked(policy::isToBeParked));
        return batch.requeues();
    }

    /** An action that runs alone waits until all of its handlers' concurrency limits permit it to run. */
    private Permits permits(BatchState batch, List<BoundAction> bound) {
        var permits = Permits.of(bound.size() == 1 ? bound.get(0).runs() : List.of());
        if (permits.mustWait()) {
            bound.get(0).record().runAlone();
            batch.holdBackUntilPermitted(bound.get(0).index(), permits.untilNext());
        }
        return permits;
    }

    private List<BoundAction> bind(BatchState batch) {
        List<BoundAction> bound = new ArrayList<>(batch.size());
        for (int index = 0; index < batch.size(); index++) {
            var record = batch.record(index);
            if (batch.isHeldBack(record.user())) {
                continue;
            }
            if (!record.failures().isEmpty() && policy.isToBeParked(record)) {
                // It could not be parked so far, and must not run again because of that.
                batch.holdBack(index);
                continue;
            }
            var decoded = record.decoded();
            if (decoded instanceof DecodedRecord.ReadableRecord readable) {
                bind(batch, index, readable.action(), bound);
            } else if (decoded instanceof DecodedRecord.UnreadableRecord unreadable) {
                setAside(batch, index, unreadable.reason());
            }
        }
        return bound;
    }

    private void bind(BatchState batch, int index, Action<String> action, List<BoundAction> bound) {
        try {
            var runs = handlers.bind(action);
            var record = batch.record(index);
            if (batch.size() > 1 && runs.stream().anyMatch(run -> run.binding().exclusive())) {
                record.runAlone();
                batch.holdBack(index);
            } else {
                bound.add(new BoundAction(index, record, action, runs));
            }
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            fail(batch, index, e);
        }
    }

    private void setAside(BatchState batch, int index, String reason) {
        var record = batch.record(index);
        if (record.failures().stream().noneMatch(Failure::isUnreadable)) {
            log.unreadable(record.position(), reason);
            record.failed(Failure.unreadable(reason, clock.instant()));
        }
        if (policy.unreadableBlocks() && !record.user().isEmpty()) {
            batch.holdBack(index);
        } else {
            batch.setAside(index);
        }
    }

    /** Runs the actions as one unit of work: again after conflicts and outages, and without the guilty action or in halves otherwise. */
    private void work(BatchState batch, List<BoundAction> wanted) {
        var actions = batch.stillWanted(wanted);
        var recovery = new Recovery(unit::databaseWorks);
        int culprits = 0;
        while (!actions.isEmpty() && sleeper.pause(Duration.ZERO)) {
            try {
                var result = unit.run(actions);
                actions.forEach(action -> action.record().complete());
                log.conflicting(result.conflicting());
                return;
            } catch (AbandonedException e) {
                log.abandoned(e);
            } catch (Exception | StackOverflowError | LinkageError | AssertionError | OutOfMemoryError e) {
                var step = recover(recovery, e);
                if (!step.isAgain()) {
                    var culprit = step == Step.GUILTY ? culprit(actions, e) : -1;
                    if (culprit >= 0) {
                        fail(batch, culprit, e);
                        culprits++;
                    } else if (step == Step.GUILTY || !postpone(batch, actions, e)) {
                        halves(batch, actions);
                        return;
                    }
                }
            }
            actions = batch.stillWanted(actions);
            if (culprits >= 2 && actions.size() > 1) {
                // If several are guilty, halves find them in fewer runs than leaving out one at a time.
                halves(batch, actions);
                return;
            }
        }
    }

    /** Decides what to do after an error, and waits if the same unit is to run again. */
    private Step recover(Recovery recovery, Throwable error) {
        var step = recovery.next(error);
        if (step.isAgain()) {
            observer.tell(each -> each.onRetry(step == Step.CONFLICT ? RetryReason.CONFLICT : RetryReason.OUTAGE));
            if (step != Step.CONFLICT && recovery.waits() == 2) {
                log.holding(error);
            }
            sleeper.pause(recovery.pause());
        }
        return step;
    }

    /**
     * Returns the index of the guilty action, or -1 if it is not known. After a persistence exception it is not, because a query makes
     * the Session flush changes of handlers that ran before.
     */
    private static int culprit(List<BoundAction> actions, Throwable error) {
        if (actions.size() == 1) {
            return actions.get(0).index();
        }
        return error instanceof HandlerException failed && !ErrorClassifier.isOfPersistence(failed)
                ? failed.index()
                : -1;
    }

    /**
     * Puts actions that can't be done for now back into the queue, with their users' later actions. If there are several actions, these
     * are all of the type whose handler had to wait, because they have the same handlers.
     *
     * @return whether the postponed actions are known
     */
    private boolean postpone(BatchState batch, List<BoundAction> actions, Throwable error) {
        var postponed = actions.size() == 1 ? actions : ofThePostponedType(actions, error);
        for (var action : postponed) {
            action.record().runAlone();
            batch.postpone(action.index());
            log.postponed(action.record(), error);
        }
        return !postponed.isEmpty();
    }

    private static List<BoundAction> ofThePostponedType(List<BoundAction> actions, Throwable error) {
        int index = error instanceof InfrastructureException own ? own.index() : -1;
        return actions.stream()
                .filter(action -> action.index() == index)
                .map(postponed -> postponed.action().type())
                .flatMap(type ->
                        actions.stream().filter(action -> action.action().type().equals(type)))
                .toList();
    }

    /** Runs the first half before the second, so that each user's actions stay in order. */
    private void halves(BatchState batch, List<BoundAction> actions) {
        observer.tell(each -> each.onRetry(RetryReason.SPLIT));
        int middle = actions.size() / 2;
        work(batch, actions.subList(0, middle));
        work(batch, actions.subList(middle, actions.size()));
    }

    private void fail(BatchState batch, int index, Throwable cause) {
        var record = batch.record(index);
        record.failed(ErrorClassifier.failure(cause, clock.instant()));
        batch.holdBack(index);
        if (record.decoded() instanceof DecodedRecord.ReadableRecord readable) {
            observer.tell(each -> each.onOutcome(Outcome.FAILED, List.of(readable.action())));
        }
        log.failed(record, cause, policy.isToBeParked(record));
    }

    private void park(BatchState batch, List<Integer> wanted) {
        var indexes = batch.notAbandoned(wanted);
        var recovery = new Recovery(unit::databaseWorks);
        while (!indexes.isEmpty() && sleeper.pause(Duration.ZERO)) {
            var now = indexes.stream().map(batch::record).toList();
            try {
                var conflicting = unit.park(now.stream().map(policy::parked).toList(), () -> now.stream()
                        .noneMatch(InFlightRecord::abandoned));
                now.forEach(InFlightRecord::complete);
                batch.parked(indexes);
                log.conflicting(conflicting);
                return;
            } catch (AbandonedException e) {
                log.abandoned(e);
            } catch (Exception e) {
                if (!recover(recovery, e).isAgain()) {
                    if (indexes.size() == 1) {
                        log.notKept(now.get(0), e);
                        return;
                    }
                    int middle = indexes.size() / 2;
                    park(batch, indexes.subList(0, middle));
                    park(batch, indexes.subList(middle, indexes.size()));
                    return;
                }
            }
            indexes = batch.notAbandoned(indexes);
        }
    }
}
