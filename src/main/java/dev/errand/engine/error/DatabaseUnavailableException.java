package dev.errand.engine.error;

/** A unit of work could not get a connection: the database is unavailable, whatever the driver or the pool reports. */
public final class DatabaseUnavailableException extends Exception {

    private static final long serialVersionUID = 1;

    public DatabaseUnavailableException(Throwable cause) {
        super("There is no connection to begin a unit of work with", cause);
    }
}
