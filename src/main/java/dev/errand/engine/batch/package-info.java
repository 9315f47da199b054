/**
 * Runs a worker's batch as one unit of work: ledger, activity, handlers, COMMIT. If the unit fails, the guilty action is found and
 * the others commit.
 */
@NullMarked
package dev.errand.engine.batch;

import org.jspecify.annotations.NullMarked;
