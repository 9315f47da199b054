/** What became of actions: the ledger and the failed actions, looked at together. */
@NullMarked
package dev.errand.history;

import org.jspecify.annotations.NullMarked;
