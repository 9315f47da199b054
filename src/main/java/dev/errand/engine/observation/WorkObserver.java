package dev.errand.engine.observation;

import dev.errand.action.Action;
import dev.errand.action.RecordPosition;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Is told what becomes of actions and of units of work, by the threads that do the work: it has to be quick. Told once for a
 * batch wherever that is possible, since actions come by ten thousands a second. Thread-safe.
 */
public interface WorkObserver {

    /** What became of an action. All but {@link #FAILED} are told after their commit. */
    enum Outcome {
        /** Its effects are committed. */
        DONE,
        /** It had been taken before and changed nothing. */
        DUPLICATE,
        /** It has the identity of an action that was taken before, and other contents: it is in the database, as dead. */
        CONFLICTING,
        /** It waits in the database behind a failed action of its user. */
        BLOCKED,
        /** An attempt at it failed, in memory or by schedule. */
        FAILED,
        /** Its attempts in memory are used up, and it is in the database. */
        PARKED;

        /** Its name in metrics and in the console. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why a unit of work is run again, or in parts. */
    enum RetryReason {
        /** A deadlock, a lock wait, an unknown outcome of COMMIT. */
        CONFLICT,
        /** The database can't be worked with. */
        OUTAGE,
        /** An action of the batch is guilty, and is looked for. */
        SPLIT
    }

    /** How a scheduled attempt ended. */
    enum Attempt {
        DONE,
        FAILED,
        /** It failed, and was the last one. */
        DEAD
    }

    /** A batch was taken from the queue. */
    void onBatch(int actions);

    /** A unit of work ended, by COMMIT or by a rollback. */
    void onTransactionEnd(Duration took, boolean committed);

    /** A unit of work is run again. */
    void onRetry(RetryReason why);

    /** @param actions at least one */
    void onOutcome(Outcome outcome, List<? extends Action<?>> actions);

    /** Records that can't be read are in the database. */
    void onUnreadable(List<RecordPosition> records);

    /** A scheduled attempt ended. */
    void onAttempt(Attempt how);
}
