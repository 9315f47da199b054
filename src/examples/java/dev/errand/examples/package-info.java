/** Example handlers, to be read, changed and deleted: the package, its migrations and its tests. Nothing depends on them. */
@NullMarked
package dev.errand.examples;

import org.jspecify.annotations.NullMarked;
