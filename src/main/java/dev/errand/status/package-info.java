/** How Errand is doing now, in all its processes: what they say of themselves, what Kafka says, and the switch that pauses them. */
@NullMarked
package dev.errand.status;

import org.jspecify.annotations.NullMarked;
