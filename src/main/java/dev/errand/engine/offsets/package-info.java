/**
 * How far each partition is: which records are being worked on, the position in MySQL that beats Kafka's committed offset,
 * and the records that Kafka deleted before they were read.
 */
@NullMarked
package dev.errand.engine.offsets;

import org.jspecify.annotations.NullMarked;
