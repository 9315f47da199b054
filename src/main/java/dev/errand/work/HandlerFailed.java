package dev.errand.work;

import dev.errand.action.Action;

/** A handler threw for one action of a batch: nothing of the batch is committed, and this action is the guilty one. */
final class HandlerFailed extends Exception {

    private static final long serialVersionUID = 1;

    private final int position;

    /** @param position of the guilty action's delivery in the batch */
    HandlerFailed(int position, Action<?> action, Throwable cause) {
        super("The handler failed for " + action, cause);
        this.position = position;
    }

    int position() {
        return position;
    }
}
