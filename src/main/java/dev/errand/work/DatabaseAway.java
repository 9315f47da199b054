package dev.errand.work;

/** There was no connection to begin a unit of work with: the database is away, whatever the driver or the pool calls it. */
final class DatabaseAway extends Exception {

    private static final long serialVersionUID = 1;

    DatabaseAway(Throwable cause) {
        super("No connection to begin a unit of work with", cause);
    }
}
