package dev.errand.engine.error;

import dev.errand.action.Action;

/** A handler threw for one action of a batch: nothing of the batch is committed, and this action is the guilty one. */
public final class HandlerException extends Exception {

    private static final long serialVersionUID = 1;

    private final int index;

    /** @param index of the guilty action's delivery in the batch */
    public HandlerException(int index, Action<?> action, Throwable cause) {
        super("The handler failed for " + action, cause);
        this.index = index;
    }

    public int index() {
        return index;
    }
}
