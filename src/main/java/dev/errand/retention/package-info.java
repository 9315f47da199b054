/** What is forgotten when it has been there for long enough. */
@NullMarked
package dev.errand.retention;

import org.jspecify.annotations.NullMarked;
