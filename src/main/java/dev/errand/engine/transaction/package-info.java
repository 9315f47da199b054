/** Transactions with a timeout that also cancels statements which hang in the server. */
@NullMarked
package dev.errand.engine.transaction;

import org.jspecify.annotations.NullMarked;
