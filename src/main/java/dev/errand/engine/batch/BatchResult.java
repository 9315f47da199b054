package dev.errand.engine.batch;

import dev.errand.engine.parking.IdentityConflict;
import java.util.List;

/**
 * The outcomes of a committed unit of work's actions.
 *
 * @param done actions that were handled and recorded
 * @param duplicates actions that the ledger had already: they changed nothing
 * @param conflicting actions whose identity belongs to another action: they are parked as dead
 * @param blocked actions that were parked because their user is blocked
 */
record BatchResult(
        List<BoundAction> done,
        List<BoundAction> duplicates,
        List<IdentityConflict> conflicting,
        List<BoundAction> blocked) {}
