/**
 * Finds the record that kills its process: a record whose delivery was started and never ended runs alone, and after three such
 * deliveries it does not run again. See ADR 15.
 */
@NullMarked
package dev.errand.engine.quarantine;

import org.jspecify.annotations.NullMarked;
