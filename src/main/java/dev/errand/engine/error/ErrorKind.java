package dev.errand.engine.error;

/** What an exception says of the unit of work it ended. */
public enum ErrorKind {
    /** Nobody's fault and soon over: a deadlock, a lock wait, an unknown outcome of COMMIT. The same again at once. */
    CONFLICT,
    /** The database is away, read-only, full, or has the wrong schema: no action can succeed until it is corrected. */
    HOLD,
    /** An action's own fault. Later attempts may succeed. */
    FAULT,
    /** An action's own fault for ever: its data can't be stored. */
    PERMANENT_FAULT
}
