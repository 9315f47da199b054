/**
 * Hands out work in order for each user, in parallel across users, and within a bound on what waits. Plain Java, independent of
 * Kafka, Quarkus and SQL.
 */
@NullMarked
package dev.errand.engine.dispatch;

import org.jspecify.annotations.NullMarked;
