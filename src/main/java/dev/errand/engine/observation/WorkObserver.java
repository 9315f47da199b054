package dev.errand.engine.observation;

import dev.errand.action.Action;
import dev.errand.action.RecordPosition;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Is called with the outcomes of actions and of units of work. The threads that do the work call it, so it must be quick and
 * thread-safe. It is called once for a batch wherever that is possible, because there may be tens of thousands of actions a second.
 */
public interface WorkObserver {

    /** The outcome of an action. All but {@link #FAILED} are reported after the commit. */
    enum Outcome {
        /** Its effects are committed. */
        DONE,
        /** It was taken before, and changed nothing. */
        DUPLICATE,
        /** It has the identity of an action that was taken before, but other contents: it is parked as dead. */
        CONFLICTING,
        /** It is parked behind an earlier action of its user. */
        BLOCKED,
        /** An attempt at it failed, in memory or on schedule. */
        FAILED,
        /** It has used up its attempts in memory and is parked. */
        PARKED;

        /** Its name in metrics and in the console. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why a unit of work runs again, or in halves. */
    enum RetryReason {
        /** A deadlock, a lock wait timeout, or an unknown outcome of COMMIT. */
        CONFLICT,
        /** The database does not work, or an error looks like that. */
        OUTAGE,
        /** An action of the batch is guilty, and halving the batch finds it. */
        SPLIT
    }

    /** How a scheduled attempt ended. */
    enum Attempt {
        DONE,
        FAILED,
        /** It failed and was the last one, so the action is dead. */
        DEAD
    }

    /** A batch was taken from the queue. */
    void onBatch(int actions);

    /** A unit of work ended, by COMMIT or by a rollback. */
    void onTransactionEnd(Duration took, boolean committed);

    /** A unit of work runs again, or in halves. */
    void onRetry(RetryReason why);

    /** @param actions at least one */
    void onOutcome(Outcome outcome, List<? extends Action<?>> actions);

    /** Records that can't be read are parked. */
    void onUnreadable(List<RecordPosition> records);

    /** A scheduled attempt ended. */
    void onAttempt(Attempt how);
}
