/**
 * Finds the record that kills its process: what was begun and never ended runs alone, and after three such ends not at all.
 * See ADR 15.
 */
@NullMarked
package dev.errand.engine.quarantine;

import org.jspecify.annotations.NullMarked;
