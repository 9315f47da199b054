/**
 * The positions of partitions: which records are in progress, the position in MySQL that takes precedence over Kafka's committed
 * offset, and gaps of records that could not be read.
 */
@NullMarked
package dev.errand.engine.offsets;

import org.jspecify.annotations.NullMarked;
