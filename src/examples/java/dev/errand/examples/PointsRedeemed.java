package dev.errand.examples;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

/**
 * The payload of {@code points.redeemed}.
 *
 * @param reward the reward that the user wants
 * @param points what the reward costs
 */
public record PointsRedeemed(
        @NotBlank String reward, @Positive long points) {}
