/** Doors that are locked: who may come in, and from where. */
@NullMarked
package dev.errand.security;

import org.jspecify.annotations.NullMarked;
