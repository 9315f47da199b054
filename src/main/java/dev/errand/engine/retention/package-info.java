/** Deletes rows that are older than they have to be kept, in small steps and at quiet hours. See ADR 11. */
@NullMarked
package dev.errand.engine.retention;

import org.jspecify.annotations.NullMarked;
