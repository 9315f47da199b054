/** Decodes records into actions: the formats that a record may have, and the reasons why a record is not an action. */
@NullMarked
package dev.errand.engine.record;

import org.jspecify.annotations.NullMarked;
