/** Kafka out: publishes the events and dead actions that wait in the database, at least once. */
@NullMarked
package dev.errand.engine.relay;

import org.jspecify.annotations.NullMarked;
