/** Log-in, and protection against requests from other sites, guessed passwords and unsafe configuration. */
@NullMarked
package dev.errand.service.security;

import org.jspecify.annotations.NullMarked;
