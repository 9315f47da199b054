package dev.errand.examples;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

/**
 * The payload of {@code order.placed}.
 *
 * @param orderId the shop's number of it
 * @param totalCents what it costs, in cents
 */
public record OrderPlaced(
        @NotBlank String orderId, @Positive long totalCents) {}
