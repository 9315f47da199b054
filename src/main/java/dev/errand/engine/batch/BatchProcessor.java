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
 * Carries a worker's batches through: as one unit of work where all goes well, otherwise in as many as it takes to find the guilty
 * actions and commit all others. What failed for good is parked in the database. For one thread.
 */
public final class BatchProcessor {

    private final HandlerRegistry handlers;
    private final FailurePolicy policy;
    private final UnitOfWork unit;
    private final SafeObserver observer;
    private final BatchLog log;
    private final Sleeper sleeper;
    private final Clock clock;

    /** @param sleeper says when everything stops */
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
     * Completes what can be completed: by its effects, or by parking it.
     *
     * @param records each user's in order
     * @return for each user with an action that is to be tried again or to run alone, that action and those behind it; what is neither
     *     completed nor in here was given up because its partition went elsewhere or everything stops
     */
    List<Requeue<InFlightRecord>> process(List<InFlightRecord> records) {
        var batch = new BatchState(records);
        var bound = bind(batch);
        try (var permits = permits(batch, bound)) {
            if (!permits.mustWait()) {
                work(batch, bound);
            }
        }
        // After the work: what comes before a failed action of its user is completed by now, so that what is parked of
        // the user is in
        // order.
        park(batch, batch.toBeParked(policy::isToBeParked));
        return batch.requeues();
    }

    /** An action that runs alone waits until all of its handlers' limits permit it to run. */
    private Permits permits(BatchState batch, List<BoundAction> bound) {
        var permits = Permits.of(bound.size() == 1 ? bound.get(0).runs() : List.of());
        if (permits.mustWait()) {
            bound.get(0).delivery().runAlone();
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
                // It could not be parked so far: it does not run again for that.
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

    /** One unit of work, again after conflicts and outages, and smaller ones where an action is guilty. */
    private void work(BatchState batch, List<BoundAction> wanted) {
        var actions = batch.stillWanted(wanted);
        var recovery = new Recovery(unit::databaseWorks);
        int culprits = 0;
        while (!actions.isEmpty() && sleeper.pause(Duration.ZERO)) {
            try {
                var result = unit.run(actions);
                actions.forEach(action -> action.delivery().complete());
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
                    } else if (step == Step.GUILTY || !block(batch, actions, e)) {
                        halves(batch, actions);
                        return;
                    }
                }
            }
            actions = batch.stillWanted(actions);
            if (culprits >= 2 && actions.size() > 1) {
                // Many guilty ones: halves find them in fewer runs than one at a time would.
                halves(batch, actions);
                return;
            }
        }
    }

    /** Waits where no action is guilty and the same is to be run again. */
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
     * The position of the action that is guilty, -1 where that is not known: a Session flushes when a query asks it to, so that the
     * handler that ran then need not be the one whose data is wrong.
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
     * Actions that can't be done for now go back to the queue as they are, and their users' later actions with them: of several
     * actions all of the type that is known to be blocked, as they have the same handlers.
     *
     * @return whether it is known which those are
     */
    private boolean block(BatchState batch, List<BoundAction> actions, Throwable error) {
        var blocked = actions.size() == 1 ? actions : ofTheBlockedType(actions, error);
        for (var action : blocked) {
            action.delivery().runAlone();
            batch.block(action.index());
            log.postponed(action.delivery(), error);
        }
        return !blocked.isEmpty();
    }

    private static List<BoundAction> ofTheBlockedType(List<BoundAction> actions, Throwable error) {
        int index = error instanceof InfrastructureException own ? own.index() : -1;
        return actions.stream()
                .filter(action -> action.index() == index)
                .map(blocked -> blocked.action().type())
                .flatMap(type ->
                        actions.stream().filter(action -> action.action().type().equals(type)))
                .toList();
    }

    /** The first half before the second, so that each user's actions stay in order. */
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
