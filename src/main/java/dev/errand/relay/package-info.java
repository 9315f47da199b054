/** Kafka out: what the database says is to be published. */
@NullMarked
package dev.errand.relay;

import org.jspecify.annotations.NullMarked;
