/** The audit: each change by an operator writes a row, in the transaction of the change. */
@NullMarked
package dev.errand.engine.audit;

import org.jspecify.annotations.NullMarked;
