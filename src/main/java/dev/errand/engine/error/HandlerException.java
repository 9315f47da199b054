package dev.errand.engine.error;

import dev.errand.action.Action;

/** A handler threw for one action of a batch: nothing of the batch is committed, and this action caused it. */
public final class HandlerException extends Exception {

    private static final long serialVersionUID = 1;

    private final int index;

    /** @param index the action's index in the batch, from 0 */
    public HandlerException(int index, Action<?> action, Throwable cause) {
        super("The handler failed for " + action, cause);
        this.index = index;
    }

    public int index() {
        return index;
    }
}
