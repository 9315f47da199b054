/** Numbers for those who watch over Errand: counted where work is done, sampled where they are the database's or Kafka's. */
@NullMarked
package dev.errand.metrics;

import org.jspecify.annotations.NullMarked;
