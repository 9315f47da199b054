/** Who changed something, what and when: each change by an operator writes a row in its own transaction. */
@NullMarked
package dev.errand.engine.audit;

import org.jspecify.annotations.NullMarked;
