/** Who may come in: log-in, requests from other sites, guessed passwords, and what must be configured in production. */
@NullMarked
package dev.errand.service.security;

import org.jspecify.annotations.NullMarked;
