/** The engine as a whole: it wires, starts and stops the dispatcher and the threads. */
@NullMarked
package dev.errand.engine.workers;

import org.jspecify.annotations.NullMarked;
