package dev.errand.examples;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

/**
 * The payload of {@code order.placed}.
 *
 * @param orderId the shop's id of the order
 * @param totalCents the order's total in cents
 */
public record OrderPlaced(
        @NotBlank String orderId, @Positive long totalCents) {}
