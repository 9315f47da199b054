/** What people see and press in a browser: pages rendered here, kept live by htmx, usable without it. */
@NullMarked
package dev.errand.console;

import org.jspecify.annotations.NullMarked;
