/** Log lines that no storm multiplies. */
@NullMarked
package dev.errand.logging;

import org.jspecify.annotations.NullMarked;
