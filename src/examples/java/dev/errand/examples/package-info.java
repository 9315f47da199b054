/** Example handlers. Read, change or delete this package with its migrations and tests: nothing depends on them. */
@NullMarked
package dev.errand.examples;

import org.jspecify.annotations.NullMarked;
