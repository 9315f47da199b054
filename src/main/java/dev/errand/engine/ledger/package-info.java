/** The ledger: every action taken, once. It is also the inbox that makes an action's effects happen once. */
@NullMarked
package dev.errand.engine.ledger;

import org.jspecify.annotations.NullMarked;
