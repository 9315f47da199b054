package dev.errand.engine.batch;

import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.ParkedAction;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A unit of work that notifies suspect records when they were done for the first time, and not found to be done already. */
public final class FirstTimeUnit implements UnitOfWork {

    private final UnitOfWork unit;

    public FirstTimeUnit(UnitOfWork unit) {
        this.unit = unit;
    }

    @Override
    public BatchResult run(List<BoundAction> actions) throws Exception {
        var taken = unit.run(actions);
        tell(taken.done());
        tell(taken.blocked());
        return taken;
    }

    private static void tell(List<BoundAction> done) {
        for (var each : done) {
            if (each.record().suspect()) {
                each.record().newlyDone();
            }
        }
    }

    @Override
    public List<IdentityConflict> park(List<ParkedAction> failed, BooleanSupplier stillWanted) throws Exception {
        return unit.park(failed, stillWanted);
    }

    @Override
    public boolean databaseWorks() {
        return unit.databaseWorks();
    }
}
