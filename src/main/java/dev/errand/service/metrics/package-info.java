/** Metrics for monitoring: counters of the work of this process, and samples of MySQL and Kafka. */
@NullMarked
package dev.errand.service.metrics;

import org.jspecify.annotations.NullMarked;
