/** Makes the scheduled attempts at parked actions: claims them by a lease on the database's clock, in their users' order. */
@NullMarked
package dev.errand.engine.scheduler;

import org.jspecify.annotations.NullMarked;
