package dev.errand.engine.batch;

import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.ParkedAction;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Does the work of one transaction: actions that are handled, or failed ones that are parked; see {@link TransactionalUnitOfWork}. */
public interface UnitOfWork {
    /**
     * @param actions each user's in order; of several with one key the first counts
     * @return what became of them
     * @throws AbandonedException if one of them was
     * @throws Exception if nothing was committed, or that is unknown
     */
    BatchResult run(List<BoundAction> actions) throws Exception;

    /**
     * Keeps failed actions in the database.
     *
     * @param stillWanted asked before anything is changed
     * @return those whose identity is another action's: they are kept as dead
     * @throws AbandonedException if they are not wanted any more
     * @throws Exception if nothing was committed, or that is unknown
     */
    List<IdentityConflict> park(List<ParkedAction> failed, BooleanSupplier stillWanted) throws Exception;

    /** Whether the database can be worked with, so that what failed is an action's own trouble. */
    boolean databaseWorks();
}
