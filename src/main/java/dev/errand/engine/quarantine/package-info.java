/**
 * Finds the record that kills its process. After a delivery that did not end, a record runs alone; after three, it does not run
 * again. See ADR 15.
 */
@NullMarked
package dev.errand.engine.quarantine;

import org.jspecify.annotations.NullMarked;
