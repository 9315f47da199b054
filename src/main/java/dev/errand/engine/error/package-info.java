/** Classifies exceptions as outages, conflicts with other transactions, or failures of the action. See ADR 4. */
@NullMarked
package dev.errand.engine.error;

import org.jspecify.annotations.NullMarked;
