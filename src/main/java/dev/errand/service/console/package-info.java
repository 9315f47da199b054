/** The console: pages rendered on the server, updated by htmx, usable without JavaScript. */
@NullMarked
package dev.errand.service.console;

import org.jspecify.annotations.NullMarked;
