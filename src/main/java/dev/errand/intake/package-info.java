/** Kafka in: receiving, decoding, admitting, and committing offsets after the database. */
@NullMarked
package dev.errand.intake;

import org.jspecify.annotations.NullMarked;
