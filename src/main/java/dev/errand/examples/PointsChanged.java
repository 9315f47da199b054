package dev.errand.examples;

/**
 * The payload of the events {@code points.granted} and {@code points.spent}.
 *
 * @param reason the order's or reward's number
 * @param points how many
 * @param balance what the user has now
 */
public record PointsChanged(String reason, long points, long balance) {}
