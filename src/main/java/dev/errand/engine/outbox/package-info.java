/** Events that handlers emit: written with their effects in one transaction, published afterwards. */
@NullMarked
package dev.errand.engine.outbox;

import org.jspecify.annotations.NullMarked;
