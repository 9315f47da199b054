/**
 * A worker's batch as one unit of work: ledger, activity, handlers, COMMIT. When it fails, the guilty action is singled out
 * and the others commit.
 */
@NullMarked
package dev.errand.engine.batch;

import org.jspecify.annotations.NullMarked;
