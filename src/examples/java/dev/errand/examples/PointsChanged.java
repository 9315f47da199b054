package dev.errand.examples;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The payload of the events {@code points.granted} and {@code points.spent}.
 *
 * @param reason the order's or reward's number
 * @param points how many
 * @param balance what the user has now
 */
@RegisterForReflection
public record PointsChanged(String reason, long points, long balance) {}
