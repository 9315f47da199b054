/** The events by which the engine reports its work to metrics and to the history of outcomes. */
@NullMarked
package dev.errand.engine.observation;

import org.jspecify.annotations.NullMarked;
