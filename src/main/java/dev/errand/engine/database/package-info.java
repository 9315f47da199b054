/** The MySQL server: how connections to it are made, whether it works, and whether it is the primary. */
@NullMarked
package dev.errand.engine.database;

import org.jspecify.annotations.NullMarked;
