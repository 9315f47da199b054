package dev.errand.work;

import dev.errand.failure.Conflict;
import dev.errand.failure.Parked;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A unit of work that tells deliveries when they were done for the first time, as long as that is of interest. */
final class FirstTimeUnit implements BatchRun.Unit {

    private final BatchRun.Unit unit;

    FirstTimeUnit(BatchRun.Unit unit) {
        this.unit = unit;
    }

    @Override
    public Taken run(List<Prepared> actions) throws Exception {
        var taken = unit.run(actions);
        tell(taken.done());
        tell(taken.linedUp());
        return taken;
    }

    private static void tell(List<Prepared> done) {
        for (var each : done) {
            if (each.delivery().suspect()) {
                each.delivery().newlyDone();
            }
        }
    }

    @Override
    public List<Conflict> park(List<Parked> failed, BooleanSupplier stillWanted) throws Exception {
        return unit.park(failed, stillWanted);
    }

    @Override
    public boolean databaseWorks() {
        return unit.databaseWorks();
    }
}
