/** Attempts at parked actions: claimed by a lease on the database's clock when they are due, in their user's order. */
@NullMarked
package dev.errand.engine.scheduler;

import org.jspecify.annotations.NullMarked;
