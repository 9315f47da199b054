package dev.errand.work;

/** What a unit of work was to do is another process's by now, or will be read again: nothing of it was done. */
final class Abandoned extends Exception {

    private static final long serialVersionUID = 1;

    Abandoned() {
        super("The partition went elsewhere, or is read again, before a unit of work had its connection");
    }
}
