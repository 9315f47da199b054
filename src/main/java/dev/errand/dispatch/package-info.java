/** Order for each user, parallelism across users, and a bound on what waits. Plain Java. */
@NullMarked
package dev.errand.dispatch;

import org.jspecify.annotations.NullMarked;
