package dev.errand.work;

import dev.errand.failure.Due;
import dev.errand.failure.Failure;
import dev.errand.work.Binding.Run;
import dev.errand.work.WorkObserver.Attempt;
import dev.errand.work.WorkObserver.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Scheduled attempts that can be watched: by their thread's pulse, in metrics and in traces. For one thread. */
final class ObservedAttempts implements Retrier.Store {

    private final Retrier.Store store;
    private final Observed observed;
    private final Traces traces;
    private final Pulse pulse;

    ObservedAttempts(Retrier.Store store, Observed observed, Traces traces, Pulse pulse) {
        this.store = store;
        this.observed = observed;
        this.traces = traces;
        this.pulse = pulse;
    }

    @Override
    public Optional<Due> claim() throws Exception {
        pulse.beat();
        return store.claim();
    }

    @Override
    public Optional<Due> attempt(Due due, List<Run<?>> runs) throws Exception {
        pulse.beat();
        Optional<Due> next;
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
    public Optional<Due> resolve(Due due) throws Exception {
        pulse.beat();
        var next = store.resolve(due);
        ended(due, Attempt.DONE, Outcome.DUPLICATE);
        return next;
    }

    @Override
    public boolean failed(Due due, Failure failure) throws Exception {
        pulse.beat();
        var dead = store.failed(due, failure);
        ended(due, dead ? Attempt.DEAD : Attempt.FAILED, Outcome.FAILED);
        return dead;
    }

    private void ended(Due due, Attempt how, Outcome outcome) {
        pulse.beat();
        observed.tell(observer -> {
            observer.attempted(how);
            observer.became(outcome, List.of(due.action()));
        });
    }

    @Override
    public void giveBack(Due due, Duration until) throws Exception {
        pulse.beat();
        store.giveBack(due, until);
    }

    @Override
    public void prolong(Due due) throws Exception {
        pulse.beat();
        store.prolong(due);
    }

    @Override
    public boolean databaseWorks() {
        pulse.beat();
        return store.databaseWorks();
    }
}
