package dev.errand.work;

import dev.errand.failure.ChangedDuringAttempt;
import dev.errand.failure.Due;
import dev.errand.failure.Failure;
import dev.errand.work.Binding.Run;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Makes the scheduled attempts at failed actions, one after the other, and lets a user's line run behind one that
 * succeeded. Runs on a thread of its own until everything stops.
 */
final class Retrier implements Runnable {

    private static final Logger LOG = Logger.getLogger(Retrier.class);

    /** Actions of one line in a row, before other users' actions that are due get their turn. */
    private static final int TURN = 100;

    private static final int CONFLICTS = 5;
    private static final int HOLDS_ON_SUSPICION = 2;
    private static final Duration AFTER_HOLD = Duration.ofSeconds(5);

    /** What the database does for it; see {@link ScheduledAttempts}. */
    interface Store {
        Optional<Due> claim() throws Exception;

        /** @return the user's next action, claimed */
        Optional<Due> attempt(Due due, List<Run<?>> runs) throws Exception;

        void failed(Due due, Failure failure) throws Exception;

        void giveBack(Due due, Duration until) throws Exception;

        boolean databaseWorks();
    }

    private final Store store;
    private final Handlers handlers;
    private final Pause pause;
    private final Duration pollInterval;
    private final Clock clock;

    Retrier(Store store, Handlers handlers, Pause pause, Duration pollInterval, Clock clock) {
        this.store = store;
        this.handlers = handlers;
        this.pause = pause;
        this.pollInterval = pollInterval;
        this.clock = clock;
    }

    @Override
    public void run() {
        var wait = Duration.ZERO;
        while (pause.pause(wait)) {
            try {
                var due = store.claim();
                if (due.isPresent()) {
                    line(due.get());
                }
                wait = due.isPresent() ? Duration.ZERO : pollInterval;
            } catch (Exception e) {
                // Away, most likely: the workers tell. What was claimed is due again after its lease.
                LOG.debug("Scheduled attempts have to wait", e);
                wait = AFTER_HOLD;
            }
        }
    }

    /** An action, and those behind it as long as all goes well. */
    private void line(Due first) throws Exception {
        var next = Optional.of(first);
        for (int i = 0; next.isPresent() && i < TURN && pause.pause(Duration.ZERO); i++) {
            next = attempt(next.get());
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
                LOG.infof("%s: it is void", e.getMessage());
                return Optional.empty();
            } catch (Exception | StackOverflowError | LinkageError | AssertionError e) {
                var verdict = Verdicts.of(e);
                if (verdict == Verdict.CONFLICT && ++conflicts < CONFLICTS) {
                    pause.pause(Backoff.after(conflicts));
                } else if (verdict == Verdict.HOLD && (++holds < HOLDS_ON_SUSPICION || !store.databaseWorks())) {
                    store.giveBack(due, AFTER_HOLD);
                    return Optional.empty();
                } else {
                    fail(due, e);
                    return Optional.empty();
                }
            }
        }
    }

    private void fail(Due due, Throwable cause) throws Exception {
        LOG.warnf(cause, "Attempt %d at the failed action %d (%s) failed", due.attempts() + 1, due.seq(), due.action());
        store.failed(due, Verdicts.failure(cause, clock.instant()));
    }
}
