package dev.errand.work;

import dev.errand.failure.ChangedDuringAttempt;
import dev.errand.failure.Due;
import dev.errand.failure.Failure;
import dev.errand.logging.RateLimitedLog;
import dev.errand.logging.RateLimitedLog.Kind;
import dev.errand.work.Binding.Run;
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
final class Retrier implements Runnable {

    private static final Logger LOG = Logger.getLogger(Retrier.class);

    /** Actions of one line in a row, before other users' actions that are due get their turn. */
    private static final int TURN = 100;

    /** For how long nobody else claims an attempt that waits until nothing else runs. */
    private static final Duration UNTIL_BY_ITSELF = Duration.ofMinutes(5);

    private static final int CONFLICTS = 5;
    private static final int HOLDS_ON_SUSPICION = 2;
    private static final Duration AFTER_HOLD = Duration.ofSeconds(5);

    /** For what the database keeps from being done though it works for others. */
    private static final Duration WHILE_BLOCKED = Duration.ofSeconds(30);

    /** What the database does for it; see {@link ScheduledAttempts}. */
    interface Store {
        /** The action that has been due for longest. */
        Optional<Due> claim() throws Exception;

        /** @return the user's next action, claimed */
        Optional<Due> attempt(Due due, List<Run<?>> runs) throws Exception;

        /** Its effects are there already. @return the user's next action, claimed */
        Optional<Due> resolve(Due due) throws Exception;

        /** @return whether it is dead now */
        boolean failed(Due due, Failure failure) throws Exception;

        /**
         * What was claimed was not tried, or came to nothing through nobody's fault: that counts neither way.
         *
         * @param until when it is due again
         */
        void giveBack(Due due, Duration until) throws Exception;

        /** Keeps others from making the attempt, which is under way, for some more time. */
        void prolong(Due due) throws Exception;

        boolean databaseWorks();
    }

    private final Store store;
    private final Handlers handlers;
    private final RateLimitedLog limited;
    private final RunLock lock;
    private final Pulse pulse;
    private final Pause pause;
    private final Duration pollInterval;
    private final Clock clock;
    private final Causes causes;

    Retrier(
            Store store,
            Handlers handlers,
            RateLimitedLog limited,
            RunLock lock,
            Pulse pulse,
            Pause pause,
            Duration pollInterval,
            Clock clock) {
        this(store, handlers, limited, lock, pulse, pause, pollInterval, clock, new Causes(true));
    }

    Retrier(
            Store store,
            Handlers handlers,
            RateLimitedLog limited,
            RunLock lock,
            Pulse pulse,
            Pause pause,
            Duration pollInterval,
            Clock clock,
            Causes causes) {
        this.causes = causes;
        this.store = store;
        this.handlers = handlers;
        this.limited = limited;
        this.lock = lock;
        this.pulse = pulse;
        this.pause = pause;
        this.pollInterval = pollInterval;
        this.clock = clock;
    }

    @Override
    public void run() {
        var wait = Duration.ZERO;
        while (pause.pause(wait)) {
            try {
                wait = takeOne() ? Duration.ZERO : pollInterval;
            } catch (Throwable e) {
                // What was claimed is due again after its lease. Asking also gives up connections that lead nowhere.
                var why = Verdicts.inShort(e);
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
        Due due;
        Optional<Due> next;
        // Claimed only when it may run: what waits while another ends the process is not to be blamed.
        var held = lock.shared(pulse);
        try (held) {
            var claimed = store.claim();
            if (claimed.isEmpty()) {
                return false;
            }
            due = claimed.get();
            next = due.claims() == 0 ? attempt(due) : Optional.empty();
        }
        line(due.claims() == 0 ? next : attemptByItself(due));
        return true;
    }

    /** What was begun before and came to no end runs while nothing else does, and after some of that not at all any more. */
    private Optional<Due> attemptByItself(Due due) throws Exception {
        if (due.claims() >= Failure.MOST_UNENDED) {
            var failure = Failure.unended("attempts", clock.instant());
            tell(due, failure.errorClass());
            store.failed(due, failure);
            return Optional.empty();
        }
        store.giveBack(due, UNTIL_BY_ITSELF);
        var held = lock.exclusive(pulse);
        try (held) {
            if (!pause.pause(Duration.ZERO)) {
                store.giveBack(due, Duration.ZERO);
                return Optional.empty();
            }
            store.prolong(due);
            return attempt(due);
        }
    }

    private void line(Optional<Due> first) throws Exception {
        var next = first;
        for (int i = 1; next.isPresent() && i < TURN && pause.pause(Duration.ZERO); i++) {
            var held = lock.shared(pulse);
            try (held) {
                next = attempt(next.get());
            }
        }
        if (next.isPresent()) {
            store.giveBack(next.get(), Duration.ZERO);
        }
    }

    private Optional<Due> attempt(Due due) throws Exception {
        int conflicts = 0;
        int holds = 0;
        while (true) {
            try {
                var runs = handlers.bind(due.action());
                var turns = TurnsTaken.of(runs);
                if (turns.mustWait()) {
                    store.giveBack(due, turns.untilNext());
                    return Optional.empty();
                }
                try (turns) {
                    return store.attempt(due, runs);
                }
            } catch (ChangedDuringAttempt e) {
                limited.log(
                        kind(Level.INFO, "attempt", "that were void, at actions changed by hand meanwhile"),
                        () -> LOG.infof("%s: it is void", e.getMessage()));
                return Optional.empty();
            } catch (AlreadyProcessed e) {
                return resolve(due);
            } catch (Exception | StackOverflowError | LinkageError | AssertionError | OutOfMemoryError e) {
                var verdict = Verdicts.of(e);
                if (isOutage(verdict, e)) {
                    store.giveBack(due, AFTER_HOLD);
                    return Optional.empty();
                }
                var again = verdict == Verdict.HOLD
                        // What took all of its time would do so again.
                        ? !(e instanceof NoActionsFault own && own.timedOut()) && ++holds < HOLDS_ON_SUSPICION
                        : verdict == Verdict.CONFLICT && ++conflicts < CONFLICTS;
                if (!again) {
                    end(due, e);
                    return Optional.empty();
                }
                if (!pause.pause(Backoff.after(conflicts + holds))) {
                    store.giveBack(due, Duration.ZERO);
                    return Optional.empty();
                }
                store.prolong(due);
            }
        }
    }

    private boolean isOutage(Verdict verdict, Throwable e) {
        return verdict == Verdict.HOLD
                ? Verdicts.isFull(e) || !store.databaseWorks()
                : Verdicts.isTimeout(e) && !store.databaseWorks();
    }

    /** An attempt that came to nothing counts only where the action, or what its handler does, can be guilty. */
    private void end(Due due, Throwable cause) throws Exception {
        if (!Verdicts.isOfServer(cause)) {
            fail(due, cause);
            return;
        }
        LogPlace.at(due.action().coordinates(), () -> {
            LOG.warnf(
                    "The attempt at the failed action %d (%s) is put off, which is no fault of its own: %s",
                    due.seq(), due.action(), Verdicts.inShort(cause));
            causes.tell(LOG, cause);
        });
        store.giveBack(due, WHILE_BLOCKED);
    }

    private Optional<Due> resolve(Due due) throws Exception {
        try {
            return store.resolve(due);
        } catch (ChangedDuringAttempt e) {
            LOG.debugf("Another process has made the attempt at the failed action %d", due.seq());
            return Optional.empty();
        }
    }

    private void fail(Due due, Throwable cause) throws Exception {
        tell(due, Verdicts.guilty(cause).getClass().getName());
        LOG.debugf("The failed action %d failed again", due.seq());
        causes.tell(LOG, cause);
        store.failed(due, Verdicts.failure(cause, clock.instant()));
    }

    private void tell(Due due, String error) {
        var action = due.action();
        LogPlace.at(
                action.coordinates(),
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
        return new Kind(Retrier.class, level, thing, what);
    }
}
