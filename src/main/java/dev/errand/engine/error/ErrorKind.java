package dev.errand.engine.error;

/** The kinds of exceptions that end a unit of work. */
public enum ErrorKind {
    /** A deadlock, a lock wait timeout or an unknown outcome of COMMIT: no action is at fault, and the unit can run again soon. */
    CONFLICT,
    /** The error is that of a database which is unavailable, read-only, full, or has the wrong schema; no action is at fault. */
    UNAVAILABLE,
    /** An action is at fault. Later attempts may succeed. */
    FAULT,
    /** An action is at fault, and no later attempt can succeed: its data can't be stored, or its handler says so. */
    PERMANENT_FAULT
}
