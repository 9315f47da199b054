package dev.errand.engine.batch;

import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.ParkedAction;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Does the work of one transaction: handles actions, or parks failed ones; see {@link TransactionalUnitOfWork}. */
public interface UnitOfWork {
    /**
     * Handles actions.
     *
     * @param actions each user's in order; the first of several with one key counts
     * @return their outcomes
     * @throws AbandonedException if an action was abandoned
     * @throws Exception if nothing was committed, or if that is unknown
     */
    BatchResult run(List<BoundAction> actions) throws Exception;

    /**
     * Parks failed actions.
     *
     * @param stillWanted asked before anything is changed
     * @return the actions whose identity belongs to another action: they are parked as dead
     * @throws AbandonedException if the actions are no longer wanted
     * @throws Exception if nothing was committed, or if that is unknown
     */
    List<IdentityConflict> park(List<ParkedAction> failed, BooleanSupplier stillWanted) throws Exception;

    /** Returns whether the database works, by probing it. If it does, an error that looks like an outage may be an action's fault. */
    boolean databaseWorks();
}
