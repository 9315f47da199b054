package dev.errand.engine.batch;

import dev.errand.engine.parking.IdentityConflict;
import java.util.List;

/**
 * What a unit of work that is committed made of its actions.
 *
 * @param done those that were handled and recorded
 * @param duplicates those the ledger had already: they changed nothing
 * @param conflicting those whose identity is another action's: they are kept as dead
 * @param blocked those that wait behind a failed action of their user
 */
record BatchResult(
        List<BoundAction> done,
        List<BoundAction> duplicates,
        List<IdentityConflict> conflicting,
        List<BoundAction> blocked) {}
