package dev.errand.engine.retry;

import dev.errand.engine.error.DatabaseUnavailableException;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.ErrorKind;
import dev.errand.engine.error.InfrastructureException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Decides after each error of a unit of work whether to run it again, to postpone it, or to blame an action. Batches and scheduled
 * attempts both use it. See ADR 4. For one thread and one unit of work.
 */
public final class Recovery {

    /** After more conflicts than this the guilty action is looked for, so that one action's conflict can't hold up the others for ever. */
    private static final int MOST_CONFLICTS = 4;

    /** How often a unit of work that fails as if in an outage is run again although the database works. */
    private static final int MOST_DOUBTS = 2;

    /** How often a unit of work that found a full disk or table runs again although the database works. */
    private static final int MOST_FULL = 5;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final BooleanSupplier databaseWorks;
    private int conflicts;
    private int doubts;
    private int outages;
    private int full;

    /** @param databaseWorks probes whether the database works */
    public Recovery(BooleanSupplier databaseWorks) {
        this.databaseWorks = databaseWorks;
    }

    /** What to do after an error. */
    public enum Step {
        /** The unit conflicted with another transaction: run it again after {@link Recovery#pause}. */
        CONFLICT,
        /** The error looks like an outage, but the database works: run the unit again after {@link Recovery#pause}. */
        DOUBT,
        /** The database does not work: wait at least for {@link Recovery#pause} before another attempt. */
        OUTAGE,
        /** No action is guilty, but the database works for other actions, which must not wait for these. */
        POSTPONED,
        /** An action is guilty. */
        GUILTY;

        /** Returns whether to run the same unit again, because no action can be blamed yet. */
        public boolean isAgain() {
            return this == CONFLICT || this == DOUBT || this == OUTAGE;
        }
    }

    /** Decides what to do after the next error of the unit of work. */
    public Step next(Throwable error) {
        var kind = ErrorClassifier.of(error);
        if (isOutage(kind, error)) {
            outages++;
            return Step.OUTAGE;
        }
        if (kind == ErrorKind.UNAVAILABLE && !usedUpItsTime(error) && doubts < MOST_DOUBTS) {
            doubts++;
            return Step.DOUBT;
        }
        if (kind == ErrorKind.CONFLICT && conflicts < MOST_CONFLICTS) {
            conflicts++;
            return Step.CONFLICT;
        }
        return ErrorClassifier.isOfServer(error) ? Step.POSTPONED : Step.GUILTY;
    }

    /**
     * Asks the database whether it works, because a handler's own problem with a table, a lock or another database must not count as
     * an outage for ever. The answer proves little while something is full, as small writes still succeed then; but what is full may
     * be a handler's own table.
     */
    private boolean isOutage(ErrorKind kind, Throwable error) {
        if (kind == ErrorKind.UNAVAILABLE) {
            return error instanceof DatabaseUnavailableException
                    || (ErrorClassifier.isFull(error) && full++ < MOST_FULL)
                    || !databaseWorks.getAsBoolean();
        }
        return ErrorClassifier.isTimeout(error) && !databaseWorks.getAsBoolean();
    }

    /** Returns whether the unit ran into its timeout, which it would do again. */
    private static boolean usedUpItsTime(Throwable error) {
        return error instanceof InfrastructureException own && own.timedOut();
    }

    /**
     * Returns how long to wait before the unit runs again. Must be called after {@link #next}. Once the unit has had to wait for the
     * database it is at most two seconds.
     */
    public Duration pause() {
        var wait = Backoff.after(conflicts + doubts + outages);
        return waits() == 0 || wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    /** Returns how often the unit of work has had to wait for the database so far. */
    public int waits() {
        return doubts + outages;
    }
}
