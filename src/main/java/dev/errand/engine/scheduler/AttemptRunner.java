package dev.errand.engine.scheduler;

import dev.errand.engine.error.CauseLog;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.error.Failure;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.handlers.HandlerRegistry;
import dev.errand.engine.handlers.Permits;
import dev.errand.engine.liveness.Sleeper;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.logging.Ordinal;
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
 * Makes scheduled attempts at parked actions, one after another. After an attempt that succeeded it goes on with the user's next
 * parked action. Runs on a thread of its own until the engine stops.
 */
public final class AttemptRunner implements Runnable {

    private static final Logger LOG = Logger.getLogger(AttemptRunner.class);

    /** How many actions of one user are tried in a row, before other users' due actions are. */
    private static final int TURN = 100;

    /** How long no other process can claim an attempt that waits until nothing else runs in this process. */
    private static final Duration UNTIL_BY_ITSELF = Duration.ofMinutes(5);

    private static final Duration AFTER_OUTAGE = Duration.ofSeconds(5);

    /** The delay for attempts that the database blocks although it works for others. */
    private static final Duration WHILE_POSTPONED = Duration.ofSeconds(30);

    /** The operations on the database; see {@link ScheduledAttempts}. */
    interface Store {
        /** Claims the action that has been due for longest; empty if none is due. */
        Optional<ClaimedAttempt> claim() throws Exception;

        /**
         * Makes an attempt.
         *
         * @return the user's next action, claimed; empty if none waits
         */
        Optional<ClaimedAttempt> attempt(ClaimedAttempt due, List<Run<?>> runs) throws Exception;

        /**
         * Resolves an action whose effects are committed already.
         *
         * @return the user's next action, claimed; empty if none waits
         */
        Optional<ClaimedAttempt> resolve(ClaimedAttempt due) throws Exception;

        /** @return whether the action is dead now */
        boolean failed(ClaimedAttempt due, Failure failure) throws Exception;

        /**
         * Gives a claim back without counting an attempt, because none was made or the action was not at fault.
         *
         * @param until the delay until the action is due again
         */
        void giveBack(ClaimedAttempt due, Duration until) throws Exception;

        /** Renews the lease of an attempt that goes on. */
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
                // A claimed action is due again after its lease. The probe also closes connections that no longer work.
                var why = ErrorClassifier.inShort(e);
                limited.log(
                        kind(Level.WARN, "claim", "of a scheduled attempt failed (" + why + ")"),
                        () -> LOG.warnf("Scheduled attempts have to wait: %s", why));
                causes.tell(LOG, e);
                LOG.debugf("The database works: %s", store.databaseWorks());
                wait = AFTER_OUTAGE;
            }
        }
    }

    /**
     * Tries an action that is due, and then its user's next ones as long as they succeed.
     *
     * @return whether an action was due
     */
    private boolean takeOne() throws Exception {
        ClaimedAttempt due;
        Optional<ClaimedAttempt> next;
        // Claims only when it may run, so that an attempt that waits is not blamed if another one kills the process.
        var held = lock.shared(heartbeat);
        try (held) {
            var claimed = store.claim();
            if (claimed.isEmpty()) {
                return false;
            }
            due = claimed.get();
            next = due.leaseCount() == 0 ? attempt(due) : Optional.empty();
        }
        runQueue(due.leaseCount() == 0 ? next : attemptByItself(due));
        return true;
    }

    /** Makes an attempt that began before and never ended while nothing else runs; if that has happened too often, ends it as failed. */
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

    private void runQueue(Optional<ClaimedAttempt> first) throws Exception {
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
                        kind(
                                Level.INFO,
                                "attempt",
                                "that were void because their actions were changed in the meantime"),
                        () -> LOG.infof("%s, which is void", e.getMessage()));
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

    /**
     * Decides what to do after an error.
     *
     * @return whether to make the attempt again, after a wait; false if it has been ended
     */
    private boolean goesOn(ClaimedAttempt due, Recovery recovery, Throwable error) throws Exception {
        switch (recovery.next(error)) {
            case CONFLICT, DOUBT -> {
                if (pause.pause(recovery.pause())) {
                    return true;
                }
                store.giveBack(due, Duration.ZERO);
            }
            case OUTAGE -> store.giveBack(due, AFTER_OUTAGE);
            case POSTPONED -> postpone(due, error);
            case GUILTY -> fail(due, error);
        }
        return false;
    }

    /** Gives the claim back without counting an attempt, because neither the action nor its handler can be guilty. */
    private void postpone(ClaimedAttempt due, Throwable cause) throws Exception {
        RecordMdc.at(due.action().position(), () -> {
            LOG.warnf(
                    "The attempt at the parked action %d (%s), which is not at fault, is postponed: %s",
                    due.seq(), due.action(), ErrorClassifier.inShort(cause));
            causes.tell(LOG, cause);
        });
        store.giveBack(due, WHILE_POSTPONED);
    }

    private Optional<ClaimedAttempt> resolve(ClaimedAttempt due) throws Exception {
        try {
            return store.resolve(due);
        } catch (ChangedDuringAttemptException e) {
            LOG.debugf("Another process has made the attempt at the parked action %d", due.seq());
            return Optional.empty();
        }
    }

    private void fail(ClaimedAttempt due, Throwable cause) throws Exception {
        tell(due, ErrorClassifier.guilty(cause).getClass().getName());
        LOG.debugf("The parked action %d failed again", due.seq());
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
                                "at parked actions of type " + action.type() + " failed with " + error),
                        () -> LOG.warnf(
                                "The %s scheduled attempt at the parked action %d (%s) failed with %s",
                                Ordinal.of(due.attempts() + 1), due.seq(), action, error)));
    }

    private static Kind kind(Level level, String thing, String what) {
        return new Kind(AttemptRunner.class, level, thing, what);
    }
}
