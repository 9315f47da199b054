/** The console, for people: pages rendered here, kept live by htmx, usable without it. */
@NullMarked
package dev.errand.service.console;

import org.jspecify.annotations.NullMarked;
