package dev.errand.engine.error;

/** There was no connection to begin a unit of work with: the database is away, whatever the driver or the pool calls it. */
public final class DatabaseUnavailableException extends Exception {

    private static final long serialVersionUID = 1;

    public DatabaseUnavailableException(Throwable cause) {
        super("No connection to begin a unit of work with", cause);
    }
}
