/** A stream of believable actions for whoever wants to see something move. */
@NullMarked
package dev.errand.demo;

import org.jspecify.annotations.NullMarked;
