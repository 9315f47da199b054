package dev.errand.engine.scheduler;

import dev.errand.engine.error.CauseLog;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.Failure;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.handlers.HandlerRegistry;
import dev.errand.engine.handlers.Permits;
import dev.errand.engine.liveness.Sleeper;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.logging.RateLimitedLog.Kind;
import dev.errand.engine.logging.RecordMdc;
import dev.errand.engine.parking.AlreadyProcessedException;
import dev.errand.engine.parking.ChangedDuringAttemptException;
import dev.errand.engine.parking.ClaimedAttempt;
import dev.errand.engine.quarantine.RunLock;
import dev.errand.engine.retry.Recovery;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/**
 * Makes the scheduled attempts at failed actions, one after the other, and lets a user's line run behind one that
 * succeeded. Runs on a thread of its own until everything stops.
 */
public final class AttemptRunner implements Runnable {

    private static final Logger LOG = Logger.getLogger(AttemptRunner.class);

    /** Actions of one line in a row, before other users' actions that are due get their turn. */
    private static final int TURN = 100;

    /** For how long nobody else claims an attempt that waits until nothing else runs. */
    private static final Duration UNTIL_BY_ITSELF = Duration.ofMinutes(5);

    private static final Duration AFTER_HOLD = Duration.ofSeconds(5);

    /** For what the database keeps from being done though it works for others. */
    private static final Duration WHILE_BLOCKED = Duration.ofSeconds(30);

    /** What the database does for it; see {@link ScheduledAttempts}. */
    interface Store {
        /** The action that has been due for longest. */
        Optional<ClaimedAttempt> claim() throws Exception;

        /** @return the user's next action, claimed */
        Optional<ClaimedAttempt> attempt(ClaimedAttempt due, List<Run<?>> runs) throws Exception;

        /** Its effects are there already. @return the user's next action, claimed */
        Optional<ClaimedAttempt> resolve(ClaimedAttempt due) throws Exception;

        /** @return whether it is dead now */
        boolean failed(ClaimedAttempt due, Failure failure) throws Exception;

        /**
         * What was claimed was not tried, or came to nothing through nobody's fault: that counts neither way.
         *
         * @param until when it is due again
         */
        void giveBack(ClaimedAttempt due, Duration until) throws Exception;

        /** Keeps others from making the attempt, which is under way, for some more time. */
        void prolong(ClaimedAttempt due) throws Exception;

        boolean databaseWorks();
    }

    private final Store store;
    private final HandlerRegistry handlers;
    private final RateLimitedLog limited;
    private final RunLock lock;
    private final ThreadHeartbeat heartbeat;
    private final Sleeper pause;
    private final Duration pollInterval;
    private final Clock clock;
    private final CauseLog causes;

    public AttemptRunner(
            Store store,
            HandlerRegistry handlers,
            RateLimitedLog limited,
            RunLock lock,
            ThreadHeartbeat heartbeat,
            Sleeper pause,
            Duration pollInterval,
            Clock clock,
            CauseLog causes) {
        this.store = store;
        this.handlers = handlers;
        this.limited = limited;
        this.lock = lock;
        this.heartbeat = heartbeat;
        this.pause = pause;
        this.pollInterval = pollInterval;
        this.clock = clock;
        this.causes = causes;
    }

    @Override
    public void run() {
        var wait = Duration.ZERO;
        while (pause.pause(wait)) {
            try {
                wait = takeOne() ? Duration.ZERO : pollInterval;
            } catch (Throwable e) {
                // What was claimed is due again after its lease. Asking also gives up connections that lead nowhere.
                var why = ErrorClassifier.inShort(e);
                limited.log(
                        kind(Level.WARN, "claim", "of a scheduled attempt failed (" + why + ")"),
                        () -> LOG.warnf("Scheduled attempts have to wait: %s", why));
                causes.tell(LOG, e);
                LOG.debugf("The database works: %s", store.databaseWorks());
                wait = AFTER_HOLD;
            }
        }
    }

    /**
     * An action that is due, and those behind it as long as all goes well.
     *
     * @return whether one was due
     */
    private boolean takeOne() throws Exception {
        ClaimedAttempt due;
        Optional<ClaimedAttempt> next;
        // Claimed only when it may run: what waits while another ends the process is not to be blamed.
        var held = lock.shared(heartbeat);
        try (held) {
            var claimed = store.claim();
            if (claimed.isEmpty()) {
                return false;
            }
            due = claimed.get();
            next = due.leaseCount() == 0 ? attempt(due) : Optional.empty();
        }
        line(due.leaseCount() == 0 ? next : attemptByItself(due));
        return true;
    }

    /** What was begun before and came to no end runs while nothing else does, and after some of that not at all any more. */
    private Optional<ClaimedAttempt> attemptByItself(ClaimedAttempt due) throws Exception {
        if (due.leaseCount() >= Failure.MOST_UNENDED) {
            var failure = Failure.unended("attempts", clock.instant());
            tell(due, failure.errorClass());
            store.failed(due, failure);
            return Optional.empty();
        }
        store.giveBack(due, UNTIL_BY_ITSELF);
        var held = lock.exclusive(heartbeat);
        try (held) {
            if (!pause.pause(Duration.ZERO)) {
                store.giveBack(due, Duration.ZERO);
                return Optional.empty();
            }
            store.prolong(due);
            return attempt(due);
        }
    }

    private void line(Optional<ClaimedAttempt> first) throws Exception {
        var next = first;
        for (int i = 1; next.isPresent() && i < TURN && pause.pause(Duration.ZERO); i++) {
            var held = lock.shared(heartbeat);
            try (held) {
                next = attempt(next.get());
            }
        }
        if (next.isPresent()) {
            store.giveBack(next.get(), Duration.ZERO);
        }
    }

    private Optional<ClaimedAttempt> attempt(ClaimedAttempt due) throws Exception {
        var recovery = new Recovery(store::databaseWorks);
        while (true) {
            try {
                var runs = handlers.bind(due.action());
                var permits = Permits.of(runs);
                if (permits.mustWait()) {
                    store.giveBack(due, permits.untilNext());
                    return Optional.empty();
                }
                try (permits) {
                    return store.attempt(due, runs);
                }
            } catch (ChangedDuringAttemptException e) {
                limited.log(
                        kind(Level.INFO, "attempt", "that were void, at actions changed by hand meanwhile"),
                        () -> LOG.infof("%s: it is void", e.getMessage()));
                return Optional.empty();
            } catch (AlreadyProcessedException e) {
                return resolve(due);
            } catch (Exception | StackOverflowError | LinkageError | AssertionError | OutOfMemoryError e) {
                if (!goesOn(due, recovery, e)) {
                    return Optional.empty();
                }
                store.prolong(due);
            }
        }
    }

    /** Waits where the same attempt is to go on, and otherwise ends it. */
    private boolean goesOn(ClaimedAttempt due, Recovery recovery, Throwable error) throws Exception {
        switch (recovery.next(error)) {
            case CONFLICT, DOUBT -> {
                if (pause.pause(recovery.pause())) {
                    return true;
                }
                store.giveBack(due, Duration.ZERO);
            }
            case OUTAGE -> store.giveBack(due, AFTER_HOLD);
            case BLOCKED -> postpone(due, error);
            case GUILTY -> fail(due, error);
        }
        return false;
    }

    /** The attempt does not count: neither the action nor what its handler does can be guilty. */
    private void postpone(ClaimedAttempt due, Throwable cause) throws Exception {
        RecordMdc.at(due.action().position(), () -> {
            LOG.warnf(
                    "The attempt at the failed action %d (%s) is put off, which is no fault of its own: %s",
                    due.seq(), due.action(), ErrorClassifier.inShort(cause));
            causes.tell(LOG, cause);
        });
        store.giveBack(due, WHILE_BLOCKED);
    }

    private Optional<ClaimedAttempt> resolve(ClaimedAttempt due) throws Exception {
        try {
            return store.resolve(due);
        } catch (ChangedDuringAttemptException e) {
            LOG.debugf("Another process has made the attempt at the failed action %d", due.seq());
            return Optional.empty();
        }
    }

    private void fail(ClaimedAttempt due, Throwable cause) throws Exception {
        tell(due, ErrorClassifier.guilty(cause).getClass().getName());
        LOG.debugf("The failed action %d failed again", due.seq());
        causes.tell(LOG, cause);
        store.failed(due, ErrorClassifier.failure(cause, clock.instant()));
    }

    private void tell(ClaimedAttempt due, String error) {
        var action = due.action();
        RecordMdc.at(
                action.position(),
                () -> limited.log(
                        kind(
                                Level.WARN,
                                "attempt",
                                "at failed actions of type " + action.type() + " failed with " + error),
                        () -> LOG.warnf(
                                "Attempt %d at the failed action %d (%s) failed with %s",
                                due.attempts() + 1, due.seq(), action, error)));
    }

    private static Kind kind(Level level, String thing, String what) {
        return new Kind(AttemptRunner.class, level, thing, what);
    }
}
