package dev.errand.work;

import java.util.concurrent.TimeoutException;

/** The time of a unit of work was up while its handlers ran, and nothing shows that MySQL kept them waiting. */
final class TimedOut extends Exception {

    private static final long serialVersionUID = 1;

    /** @param ended what the unit of work ended with for that */
    TimedOut(TimeoutException late, Throwable ended) {
        super(late.getMessage(), late);
        addSuppressed(ended);
    }
}
