/** Again, later or never: what becomes of an action that failed. */
@NullMarked
package dev.errand.engine.retry;

import org.jspecify.annotations.NullMarked;
