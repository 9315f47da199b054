package dev.errand.examples;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The payload of the events {@code points.granted} and {@code points.spent}.
 *
 * @param reason the order's id, or the reward's name
 * @param points how many points were granted or spent
 * @param balance how many points the user has now
 */
@RegisterForReflection
public record PointsChanged(String reason, long points, long balance) {}
