package dev.errand.engine.offsets;

/**
 * Kafka's client reads on elsewhere than it should.
 *
 * @param expected where it should
 * @param actual where it does
 * @param seen whether records were handed over from there: nothing was between then
 */
public record OffsetBreak(long expected, long actual, boolean seen) {}
