/** What an exception is evidence of: an outage, a conflict with another transaction, or a failure of the action. See ADR 4. */
@NullMarked
package dev.errand.engine.error;

import org.jspecify.annotations.NullMarked;
