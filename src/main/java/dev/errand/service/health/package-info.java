/** Health checks for a platform's startup, liveness and readiness probes. */
@NullMarked
package dev.errand.service.health;

import org.jspecify.annotations.NullMarked;
