/** The history of actions, combined from the ledger and the parked actions. */
@NullMarked
package dev.errand.service.history;

import org.jspecify.annotations.NullMarked;
