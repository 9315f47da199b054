package dev.errand.work;

import dev.errand.action.Coordinates;

/**
 * A record that was admitted and is to be settled: its offset may be committed only after {@link #settle}.
 *
 * <p>One thread works on a delivery at a time; handing it to another thread goes through a lock.
 */
public interface Delivery {

    /** Whose it is; deliveries of one user are worked on in order. */
    String user();

    /** What the record says; reads it at the first call. */
    Decoded decoded();

    /** Where it came from. */
    Coordinates coordinates();

    /** The memory it takes while it waits, about. */
    int bytes();

    /** Whether its partition has gone elsewhere, so that somebody else will get it again. */
    boolean abandoned();

    /** Says that its effects are committed in MySQL. */
    void settle();

    /** How often working on it has failed. */
    int failures();

    /** Counts a failure. */
    void failed();
}
