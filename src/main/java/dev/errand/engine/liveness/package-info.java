/** The engine's threads and their heartbeats, which show a thread that neither waits nor makes progress. */
@NullMarked
package dev.errand.engine.liveness;

import org.jspecify.annotations.NullMarked;
