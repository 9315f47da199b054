/** The types that every other package uses: an action, its identity, and where in Kafka it came from. */
@NullMarked
package dev.errand.action;

import org.jspecify.annotations.NullMarked;
