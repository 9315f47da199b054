/**
 * The table of parked actions: everything that is done later than where it stood in its topic, and the users who are blocked
 * by it.
 */
@NullMarked
package dev.errand.engine.parking;

import org.jspecify.annotations.NullMarked;
