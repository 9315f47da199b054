/**
 * The table of parked actions, which are done later than their place in the topic says, and the users whom they block.
 */
@NullMarked
package dev.errand.engine.parking;

import org.jspecify.annotations.NullMarked;
