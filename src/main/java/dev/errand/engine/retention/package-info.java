/** Deletes rows after their retention, in small steps and in a daily window. See ADR 11. */
@NullMarked
package dev.errand.engine.retention;

import org.jspecify.annotations.NullMarked;
