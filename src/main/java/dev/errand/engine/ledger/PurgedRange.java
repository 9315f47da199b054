package dev.errand.engine.ledger;

/**
 * The range of consecutive rows that one step of a purge has looked at.
 *
 * @param last the {@code seq} of the last row
 * @param deleted how many of the rows were deleted
 * @param more whether there may be old rows after it
 */
public record PurgedRange(long last, int deleted, boolean more) {}
