/** Worker threads and the unit of work: one Session, one transaction, one connection for a batch of actions. */
@NullMarked
package dev.errand.work;

import org.jspecify.annotations.NullMarked;
