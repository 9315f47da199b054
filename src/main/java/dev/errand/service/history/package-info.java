/** What became of actions: the ledger and the parked actions, looked at together. */
@NullMarked
package dev.errand.service.history;

import org.jspecify.annotations.NullMarked;
