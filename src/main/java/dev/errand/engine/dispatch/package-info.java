/**
 * Order for each user, parallelism across users, and a bound on what waits. Plain Java: it knows nothing of Kafka, Quarkus
 * or SQL.
 */
@NullMarked
package dev.errand.engine.dispatch;

import org.jspecify.annotations.NullMarked;
