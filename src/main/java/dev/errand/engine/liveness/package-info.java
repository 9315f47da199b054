/** The engine's threads and their heartbeats: a thread that neither waits nor gets anything done is found out. */
@NullMarked
package dev.errand.engine.liveness;

import org.jspecify.annotations.NullMarked;
