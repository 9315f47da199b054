/** The engine as a whole: its dispatcher and its threads, started and stopped. */
@NullMarked
package dev.errand.engine.workers;

import org.jspecify.annotations.NullMarked;
