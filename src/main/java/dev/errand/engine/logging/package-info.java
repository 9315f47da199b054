/** Log lines: limited in number when the same thing happens often, and with a record's Kafka position as fields. */
@NullMarked
package dev.errand.engine.logging;

import org.jspecify.annotations.NullMarked;
