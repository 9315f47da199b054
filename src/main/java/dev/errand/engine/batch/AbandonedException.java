package dev.errand.engine.batch;

/**
 * The partition of an action was revoked, or is being read again, before its unit of work began: nothing of the unit was done, and
 * the action will be received again.
 */
final class AbandonedException extends Exception {

    private static final long serialVersionUID = 1;

    AbandonedException() {
        super("A partition was revoked, or is being read again, before the unit of work had its connection");
    }
}
