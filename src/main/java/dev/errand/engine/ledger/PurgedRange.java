package dev.errand.engine.ledger;

/**
 * Rows that lie one behind the other, as far as a step through old rows has gone.
 *
 * @param last the last one's {@code seq}
 * @param deleted how many of them were deleted
 * @param more whether old rows may come behind it
 */
public record PurgedRange(long last, int deleted, boolean more) {}
