package dev.errand.engine.retry;

import dev.errand.engine.error.DatabaseUnavailableException;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.ErrorKind;
import dev.errand.engine.error.InfrastructureException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Again, later, or the action's own fault: what follows from the errors of one unit of work that is run again and again. Both the
 * batches of the live path and the scheduled attempts ask here. See ADR 4. For one thread and one unit of work.
 */
public final class Recovery {

    /** Conflicts in a row before the actions are looked at one by one: one action's conflict must not hold up the others for ever. */
    private static final int MOST_CONFLICTS = 4;

    /** How often a unit of work that fails as in an outage is run again although the database works. */
    private static final int MOST_DOUBTS = 2;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final BooleanSupplier databaseWorks;
    private int conflicts;
    private int doubts;
    private int outages;

    /** @param databaseWorks whether the database can be worked with; asks it */
    public Recovery(BooleanSupplier databaseWorks) {
        this.databaseWorks = databaseWorks;
    }

    /** What follows from an error. */
    public enum Step {
        /** Another transaction was in the way: the same again, after {@link Recovery#pause}. */
        CONFLICT,
        /** It looks like an outage, but the database works: the same again, after {@link Recovery#pause}. */
        DOUBT,
        /** The database can't be worked with: the same again when it can, and not before {@link Recovery#pause}. */
        OUTAGE,
        /** No action is guilty, but the database works for others: they must not wait for these actions. */
        BLOCKED,
        /** An action is guilty. */
        GUILTY;

        /** Whether the same is run again, as no action can be blamed yet. */
        public boolean isAgain() {
            return this == CONFLICT || this == DOUBT || this == OUTAGE;
        }
    }

    /** Decides about the next error of the unit of work. */
    public Step next(Throwable error) {
        var kind = ErrorClassifier.of(error);
        if (isOutage(kind, error)) {
            outages++;
            return Step.OUTAGE;
        }
        if (kind == ErrorKind.HOLD && !usedUpItsTime(error) && doubts < MOST_DOUBTS) {
            doubts++;
            return Step.DOUBT;
        }
        if (kind == ErrorKind.CONFLICT && conflicts < MOST_CONFLICTS) {
            conflicts++;
            return Step.CONFLICT;
        }
        return ErrorClassifier.isOfServer(error) ? Step.BLOCKED : Step.GUILTY;
    }

    /** One handler's own trouble with a table, a lock or another database must not look like an outage for ever. */
    private boolean isOutage(ErrorKind kind, Throwable error) {
        if (kind == ErrorKind.HOLD) {
            return error instanceof DatabaseUnavailableException
                    || ErrorClassifier.isFull(error)
                    || !databaseWorks.getAsBoolean();
        }
        return ErrorClassifier.isTimeout(error) && !databaseWorks.getAsBoolean();
    }

    /** What took all of its time would do so again. */
    private static boolean usedUpItsTime(Throwable error) {
        return error instanceof InfrastructureException own && own.timedOut();
    }

    /** How long to wait before the same is run again, after {@link #next} said so: two seconds at most where it is for the database. */
    public Duration pause() {
        var wait = Backoff.after(conflicts + doubts + outages);
        return waits() == 0 || wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    /** How often the unit of work had to wait for the database so far. */
    public int waits() {
        return doubts + outages;
    }
}
