package dev.errand.engine.scheduler;

import dev.errand.engine.batch.Traces;
import dev.errand.engine.error.Failure;
import dev.errand.engine.handlers.HandlerDefinition.Run;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.observation.WorkObserver.Attempt;
import dev.errand.engine.observation.WorkObserver.Outcome;
import dev.errand.engine.parking.ClaimedAttempt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Scheduled attempts that report to their thread's heartbeat, to observers and to traces. For one thread. */
public final class ObservedAttempts implements AttemptRunner.Store {

    private final AttemptRunner.Store store;
    private final SafeObserver observed;
    private final Traces traces;
    private final ThreadHeartbeat heartbeat;

    public ObservedAttempts(
            AttemptRunner.Store store, SafeObserver observed, Traces traces, ThreadHeartbeat heartbeat) {
        this.store = store;
        this.observed = observed;
        this.traces = traces;
        this.heartbeat = heartbeat;
    }

    @Override
    public Optional<ClaimedAttempt> claim() throws Exception {
        heartbeat.beat();
        return store.claim();
    }

    @Override
    public Optional<ClaimedAttempt> attempt(ClaimedAttempt due, List<Run<?>> runs) throws Exception {
        heartbeat.beat();
        Optional<ClaimedAttempt> next;
        try (var traced = traces.attempt(due)) {
            try {
                next = store.attempt(due, runs);
            } catch (Exception | Error e) {
                traced.failed(e);
                throw e;
            }
        }
        ended(due, Attempt.DONE, Outcome.DONE);
        return next;
    }

    @Override
    public Optional<ClaimedAttempt> resolve(ClaimedAttempt due) throws Exception {
        heartbeat.beat();
        var next = store.resolve(due);
        ended(due, Attempt.DONE, Outcome.DUPLICATE);
        return next;
    }

    @Override
    public boolean failed(ClaimedAttempt due, Failure failure) throws Exception {
        heartbeat.beat();
        var dead = store.failed(due, failure);
        ended(due, dead ? Attempt.DEAD : Attempt.FAILED, Outcome.FAILED);
        return dead;
    }

    private void ended(ClaimedAttempt due, Attempt how, Outcome outcome) {
        heartbeat.beat();
        observed.tell(observer -> {
            observer.onAttempt(how);
            observer.onOutcome(outcome, List.of(due.action()));
        });
    }

    @Override
    public void giveBack(ClaimedAttempt due, Duration until) throws Exception {
        heartbeat.beat();
        store.giveBack(due, until);
    }

    @Override
    public void prolong(ClaimedAttempt due) throws Exception {
        heartbeat.beat();
        store.prolong(due);
    }

    @Override
    public boolean databaseWorks() {
        heartbeat.beat();
        return store.databaseWorks();
    }
}
