package dev.errand.engine.offsets;

/**
 * Kafka's client reads on at another offset than expected.
 *
 * @param expected the offset at which it should read on
 * @param actual the offset at which it does
 * @param seen whether it has handed over records from there; then no record was in between
 */
public record OffsetBreak(long expected, long actual, boolean seen) {}
