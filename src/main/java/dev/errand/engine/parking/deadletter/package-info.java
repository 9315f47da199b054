/** Dead actions that wait to be published to the dead-letter topic. */
@NullMarked
package dev.errand.engine.parking.deadletter;

import org.jspecify.annotations.NullMarked;
