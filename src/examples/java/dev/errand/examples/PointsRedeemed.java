package dev.errand.examples;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

/**
 * The payload of {@code points.redeemed}.
 *
 * @param reward what the user wants for them
 * @param points what it costs
 */
public record PointsRedeemed(
        @NotBlank String reward, @Positive long points) {}
