/** Numbers for monitoring: counted where work is done, sampled where they are the database's or Kafka's. */
@NullMarked
package dev.errand.service.metrics;

import org.jspecify.annotations.NullMarked;
