/** The ledger, which has each action once. It is also the inbox by which an action's effects happen once. */
@NullMarked
package dev.errand.engine.ledger;

import org.jspecify.annotations.NullMarked;
