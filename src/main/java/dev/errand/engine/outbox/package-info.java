/** The outbox: events that handlers emit are stored in the transaction of their effects, and published afterwards. */
@NullMarked
package dev.errand.engine.outbox;

import org.jspecify.annotations.NullMarked;
