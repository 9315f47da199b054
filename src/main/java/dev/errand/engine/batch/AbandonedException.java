package dev.errand.engine.batch;

/** What a unit of work was to do is another process's by now, or will be read again: nothing of it was done. */
final class AbandonedException extends Exception {

    private static final long serialVersionUID = 1;

    AbandonedException() {
        super("The partition went elsewhere, or is read again, before a unit of work had its connection");
    }
}
