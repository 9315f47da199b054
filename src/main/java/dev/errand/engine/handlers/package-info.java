/** Which handlers there are, for which types, and how payloads are bound to their parameters. */
@NullMarked
package dev.errand.engine.handlers;

import org.jspecify.annotations.NullMarked;
