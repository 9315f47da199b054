package dev.errand.engine.batch;

import dev.errand.action.Action;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.observation.WorkObserver.Outcome;
import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.IdentityConflicts;
import dev.errand.engine.parking.ParkedAction;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** A unit of work that reports to its thread's heartbeat, to observers and to traces. For one thread. */
public final class ObservedUnit implements UnitOfWork {

    private final UnitOfWork unit;
    private final SafeObserver observed;
    private final Traces traces;
    private final ThreadHeartbeat heartbeat;

    public ObservedUnit(UnitOfWork unit, SafeObserver observed, Traces traces, ThreadHeartbeat heartbeat) {
        this.unit = unit;
        this.observed = observed;
        this.traces = traces;
        this.heartbeat = heartbeat;
    }

    @Override
    public BatchResult run(List<BoundAction> actions) throws Exception {
        heartbeat.beat();
        long began = System.nanoTime();
        var committed = false;
        try (var traced = traces.unit(actions.size())) {
            BatchResult taken;
            try {
                taken = unit.run(actions);
                committed = true;
            } catch (Exception | Error e) {
                traced.failed(e);
                throw e;
            }
            observed.safely(() -> traced.committed(taken));
            tell(Outcome.DONE, taken.done());
            tell(Outcome.DUPLICATE, taken.duplicates());
            tellConflicting(taken.conflicting());
            tell(Outcome.BLOCKED, taken.blocked());
            return taken;
        } finally {
            ended(began, committed);
        }
    }

    @Override
    public List<IdentityConflict> park(List<ParkedAction> failed, BooleanSupplier stillWanted) throws Exception {
        heartbeat.beat();
        long began = System.nanoTime();
        var committed = false;
        try (var traced = traces.keeping(failed.size())) {
            List<IdentityConflict> conflicting;
            try {
                conflicting = unit.park(failed, stillWanted);
                committed = true;
            } catch (Exception | Error e) {
                traced.failed(e);
                throw e;
            }
            var others = IdentityConflicts.position(conflicting);
            var parked = failed.stream()
                    .filter(each -> !others.contains(each.original().position()))
                    .toList();
            observed.safely(() -> {
                traced.conflicting(conflicting);
                traced.kept(parked);
            });
            tellConflicting(conflicting);
            tellParked(parked);
            return conflicting;
        } finally {
            ended(began, committed);
        }
    }

    private void tellParked(List<ParkedAction> parked) {
        var readable = parked.stream()
                .map(ParkedAction::action)
                .filter(Objects::nonNull)
                .map(action -> (Action<?>) action)
                .toList();
        var unreadable = parked.stream()
                .filter(each -> each.action() == null)
                .map(each -> each.original().position())
                .toList();
        observed.tell(observer -> {
            if (!readable.isEmpty()) {
                observer.onOutcome(Outcome.PARKED, readable);
            }
            if (!unreadable.isEmpty()) {
                observer.onUnreadable(unreadable);
            }
        });
    }

    @Override
    public boolean databaseWorks() {
        heartbeat.beat();
        return unit.databaseWorks();
    }

    private void ended(long began, boolean committed) {
        heartbeat.beat();
        var took = Duration.ofNanos(System.nanoTime() - began);
        observed.tell(observer -> observer.onTransactionEnd(took, committed));
    }

    private void tellConflicting(List<IdentityConflict> conflicting) {
        if (!conflicting.isEmpty()) {
            observed.tell(observer -> observer.onOutcome(
                    Outcome.CONFLICTING,
                    conflicting.stream().map(IdentityConflict::action).toList()));
        }
    }

    private void tell(Outcome outcome, List<BoundAction> actions) {
        if (!actions.isEmpty()) {
            observed.tell(observer -> observer.onOutcome(
                    outcome, actions.stream().map(BoundAction::action).toList()));
        }
    }
}
