/** What the benchmark adds to the application in its mode {@code handlers}. Never in the production artifact. */
@NullMarked
package dev.errand.bench.app;

import org.jspecify.annotations.NullMarked;
