/** Kafka out: publishes what the database says is to be published, at least once. */
@NullMarked
package dev.errand.engine.relay;

import org.jspecify.annotations.NullMarked;
