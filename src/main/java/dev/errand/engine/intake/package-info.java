/**
 * Receives records from Kafka, admits them to the dispatcher, pauses under back-pressure, and commits offsets after MySQL's COMMIT.
 */
@NullMarked
package dev.errand.engine.intake;

import org.jspecify.annotations.NullMarked;
