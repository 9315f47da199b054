/** Events that handlers emit: written with their effects, published afterwards. */
@NullMarked
package dev.errand.outbox;

import org.jspecify.annotations.NullMarked;
