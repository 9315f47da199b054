/** Publishes a stream of plausible actions for demonstrations. */
@NullMarked
package dev.errand.demo;

import org.jspecify.annotations.NullMarked;
