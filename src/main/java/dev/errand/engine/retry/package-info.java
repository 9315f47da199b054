/** Decides what happens after a failure: whether a unit of work or an action is tried again, and when. */
@NullMarked
package dev.errand.engine.retry;

import org.jspecify.annotations.NullMarked;
