package dev.errand.work;

import dev.errand.action.Action;
import dev.errand.failure.Conflict;
import dev.errand.failure.Conflicts;
import dev.errand.failure.Parked;
import dev.errand.work.WorkObserver.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** A unit of work that can be watched: by its thread's pulse, in metrics and in traces. For one thread. */
final class ObservedUnit implements BatchRun.Unit {

    private final BatchRun.Unit unit;
    private final Observed observed;
    private final Traces traces;
    private final Pulse pulse;

    ObservedUnit(BatchRun.Unit unit, Observed observed, Traces traces, Pulse pulse) {
        this.unit = unit;
        this.observed = observed;
        this.traces = traces;
        this.pulse = pulse;
    }

    @Override
    public Taken run(List<Prepared> actions) throws Exception {
        pulse.beat();
        long began = System.nanoTime();
        var committed = false;
        try (var traced = traces.unit(actions.size())) {
            Taken taken;
            try {
                taken = unit.run(actions);
                committed = true;
            } catch (Exception | Error e) {
                traced.failed(e);
                throw e;
            }
            observed.tell(any -> traced.committed(taken));
            tell(Outcome.DONE, taken.done());
            tell(Outcome.DUPLICATE, taken.duplicates());
            tellConflicting(taken.conflicting());
            tell(Outcome.LINED_UP, taken.linedUp());
            return taken;
        } finally {
            ended(began, committed);
        }
    }

    @Override
    public List<Conflict> park(List<Parked> failed, BooleanSupplier stillWanted) throws Exception {
        pulse.beat();
        long began = System.nanoTime();
        var committed = false;
        try (var traced = traces.keeping(failed.size())) {
            List<Conflict> conflicting;
            try {
                conflicting = unit.park(failed, stillWanted);
                committed = true;
            } catch (Exception | Error e) {
                traced.failed(e);
                throw e;
            }
            var others = Conflicts.coordinates(conflicting);
            observed.tell(any -> {
                traced.conflicting(conflicting);
                traced.kept(failed.stream()
                        .filter(each -> !others.contains(each.original().coordinates()))
                        .toList());
            });
            tellConflicting(conflicting);
            var kept = failed.stream()
                    .map(Parked::action)
                    .filter(Objects::nonNull)
                    .filter(action -> !others.contains(action.coordinates()))
                    .map(action -> (Action<?>) action)
                    .toList();
            var unreadable = failed.stream()
                    .filter(each -> each.action() == null)
                    .map(each -> each.original().coordinates())
                    .toList();
            observed.tell(observer -> {
                if (!kept.isEmpty()) {
                    observer.became(Outcome.KEPT, kept);
                }
                if (!unreadable.isEmpty()) {
                    observer.unreadable(unreadable);
                }
            });
            return conflicting;
        } finally {
            ended(began, committed);
        }
    }

    @Override
    public boolean databaseWorks() {
        pulse.beat();
        return unit.databaseWorks();
    }

    private void ended(long began, boolean committed) {
        pulse.beat();
        var took = Duration.ofNanos(System.nanoTime() - began);
        observed.tell(observer -> observer.unitEnded(took, committed));
    }

    private void tellConflicting(List<Conflict> conflicting) {
        if (!conflicting.isEmpty()) {
            observed.tell(observer -> observer.became(
                    Outcome.CONFLICTING,
                    conflicting.stream().map(Conflict::action).toList()));
        }
    }

    private void tell(Outcome outcome, List<Prepared> actions) {
        if (!actions.isEmpty()) {
            observed.tell(observer -> observer.became(
                    outcome, actions.stream().map(Prepared::action).toList()));
        }
    }
}
