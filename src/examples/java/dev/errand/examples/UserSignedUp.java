package dev.errand.examples;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/**
 * The payload of {@code user.signed-up}.
 *
 * @param email the user's email address
 */
public record UserSignedUp(@NotBlank @Email @Size(max = 255) String email) {}
