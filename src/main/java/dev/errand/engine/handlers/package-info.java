/** The handlers and their types, and how payloads are bound to the handlers' payload types. */
@NullMarked
package dev.errand.engine.handlers;

import org.jspecify.annotations.NullMarked;
