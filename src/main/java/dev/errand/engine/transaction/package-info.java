/** Transactions with a time limit that also ends statements which hang in the server. */
@NullMarked
package dev.errand.engine.transaction;

import org.jspecify.annotations.NullMarked;
