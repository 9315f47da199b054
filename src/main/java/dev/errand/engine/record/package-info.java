/** From bytes to an action: the formats a record may have, and the reasons why it is none. */
@NullMarked
package dev.errand.engine.record;

import org.jspecify.annotations.NullMarked;
