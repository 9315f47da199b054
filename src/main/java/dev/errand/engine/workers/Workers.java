package dev.errand.engine.workers;

import dev.errand.engine.batch.BatchLog;
import dev.errand.engine.batch.BatchProcessor;
import dev.errand.engine.batch.BatchSize;
import dev.errand.engine.batch.FirstTimeUnit;
import dev.errand.engine.batch.ObservedUnit;
import dev.errand.engine.batch.Traces;
import dev.errand.engine.batch.TransactionalUnitOfWork;
import dev.errand.engine.batch.Worker;
import dev.errand.engine.dispatch.WorkQueue;
import dev.errand.engine.error.CauseLog;
import dev.errand.engine.handlers.HandlerRegistry;
import dev.errand.engine.liveness.EngineThread;
import dev.errand.engine.liveness.LivenessMonitor;
import dev.errand.engine.liveness.Sleeper;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.observation.WorkObserver;
import dev.errand.engine.quarantine.RunLock;
import dev.errand.engine.quarantine.SuspectMarks;
import dev.errand.engine.quarantine.Suspects;
import dev.errand.engine.query.Masking;
import dev.errand.engine.record.InFlightRecord;
import dev.errand.engine.retry.FailurePolicy;
import dev.errand.engine.retry.RetryConfig;
import dev.errand.engine.scheduler.AttemptRunner;
import dev.errand.engine.scheduler.ObservedAttempts;
import dev.errand.engine.scheduler.ScheduledAttempts;
import io.quarkus.arc.All;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The worker threads and the threads of scheduled attempts. Started once and stopped once, by one thread. */
@Singleton
public final class Workers {

    private static final Duration BLOCKED_USERS_INTERVAL = Duration.ofMinutes(1);
    private static final Duration HANDLER_CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration FOR_EVER = Duration.ofDays(1000);
    private static final Duration LONGEST_FORGIVING = Duration.ofSeconds(5);
    private static final Logger LOG = Logger.getLogger(Workers.class);

    /**
     * Connections for operators' queries (two at once) and commands, two relays, positions, blocked users, heartbeat, sampler,
     * retention and jobs, so that workers do not have to wait for these.
     */
    public static final int OTHER_CONNECTIONS = 10;

    private final WorkConfig config;
    private final HandlerRegistry handlers;
    private final FailurePolicy policy;
    private final TransactionalUnitOfWork unit;
    private final ScheduledAttempts attempts;
    private final RetryConfig retry;
    private final SafeObserver observed;
    private final Traces traces;
    private final LivenessMonitor liveness;
    private final RateLimitedLog limited;
    private final RunLock lock;
    private final SuspectMarks marks;
    private final CauseLog causes;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean ending = new AtomicBoolean();

    /**
     * @param connections the size of the connection pool
     * @throws IllegalStateException if the pool is too small
     */
    @Inject
    Workers(
            WorkConfig config,
            HandlerRegistry handlers,
            FailurePolicy policy,
            TransactionalUnitOfWork unit,
            ScheduledAttempts attempts,
            RetryConfig retry,
            @All List<WorkObserver> observers,
            Traces traces,
            LivenessMonitor liveness,
            RateLimitedLog limited,
            RunLock lock,
            SuspectMarks marks,
            Masking masking,
            @ConfigProperty(name = "quarkus.datasource.jdbc.max-size") int connections) {
        if (config.workers() + retry.workers() + OTHER_CONNECTIONS > connections) {
            throw new IllegalStateException("errand.work.workers=" + config.workers() + " and errand.retry.workers="
                    + retry.workers() + " need one connection for each worker, and Errand needs " + OTHER_CONNECTIONS
                    + " more, but quarkus.datasource.jdbc.max-size=" + connections + ": raise it or lower the others");
        }
        this.config = config;
        this.handlers = handlers;
        this.policy = policy;
        this.unit = unit;
        this.attempts = attempts;
        this.retry = retry;
        this.observed = new SafeObserver(observers);
        this.traces = traces;
        this.liveness = liveness;
        this.limited = limited;
        this.lock = lock;
        this.marks = marks;
        this.causes = new CauseLog(!masking.masks(null));
    }

    /** Starts the workers on a queue. */
    public void start(WorkQueue<InFlightRecord> queue) {
        for (int i = 1; i <= config.workers(); i++) {
            start("errand-worker-" + i, heartbeat -> work(queue, heartbeat));
        }
        for (int i = 1; i <= retry.workers(); i++) {
            start("errand-retrier-" + i, this::retry);
        }
        start("errand-blocked-users", this::watchBlockedUsers);
    }

    private void work(WorkQueue<InFlightRecord> queue, ThreadHeartbeat heartbeat) {
        if (!awaitCheckedHandlers(resting(heartbeat))) {
            return;
        }
        var watched = new ObservedUnit(new FirstTimeUnit(unit), observed, traces, heartbeat);
        var sleeper = resting(heartbeat);
        var clock = Clock.systemUTC();
        var log = new BatchLog(limited, causes);
        var processor = new BatchProcessor(handlers, policy, watched, observed, log, sleeper, clock);
        var suspects = new Suspects(marks, lock, watched::databaseWorks, observed, heartbeat, sleeper, clock);
        var size = new BatchSize(config.batchMax(), config.targetDuration());
        new Worker(queue, processor, suspects, observed, limited, heartbeat, size).run();
    }

    private void retry(ThreadHeartbeat heartbeat) {
        if (!awaitCheckedHandlers(resting(heartbeat))) {
            return;
        }
        var watched = new ObservedAttempts(attempts, observed, traces, heartbeat);
        new AttemptRunner(
                        watched,
                        handlers,
                        limited,
                        lock,
                        heartbeat,
                        resting(heartbeat),
                        retry.pollInterval(),
                        Clock.systemUTC(),
                        causes)
                .run();
    }

    /**
     * Waits until the database has checked the statements of SQL handlers. If it is unavailable at the start, that happens only later.
     * As at any other start, a statement that the database refuses ends the process, before it takes any action.
     *
     * @return false if the engine stops
     */
    private boolean awaitCheckedHandlers(Sleeper pause) {
        try {
            while (!handlers.areChecked()) {
                if (!pause.pause(HANDLER_CHECK_INTERVAL)) {
                    return false;
                }
            }
            return true;
        } catch (IllegalStateException e) {
            if (ending.compareAndSet(false, true)) {
                LOG.errorf("Errand exits before it takes any action: %s", e.getMessage());
                Quarkus.asyncExit(1);
            }
            pause.pause(FOR_EVER);
            return false;
        }
    }

    private void watchBlockedUsers(ThreadHeartbeat heartbeat) {
        var pause = resting(heartbeat);
        while (pause.pause(BLOCKED_USERS_INTERVAL)) {
            try {
                attempts.resumeStuckUsers();
                marks.purge();
            } catch (Exception e) {
                LOG.debug("The check for stuck users, or the purge of old delivery marks, failed", e);
            }
        }
    }

    private void start(String name, Consumer<ThreadHeartbeat> run) {
        threads.add(liveness.start(name, run));
    }

    /** Returns a sleeper that tells the heartbeat about its waits, so that the thread does not count as stuck. */
    private Sleeper resting(ThreadHeartbeat heartbeat) {
        return duration -> {
            heartbeat.rest();
            var goOn = pause(duration);
            heartbeat.beat();
            return goOn;
        };
    }

    /** Ends all waits between attempts: work that is not committed yet is given up. */
    public void stopWaiting() {
        liveness.stop();
        stopping.countDown();
    }

    /**
     * Waits until the threads have ended, after their queue was stopped.
     *
     * @return whether all have ended in time
     */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        var deadline = System.nanoTime() + atMost.toNanos();
        for (var thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
        return threads.stream().noneMatch(Thread::isAlive);
    }

    /**
     * Takes back the marks of deliveries and attempts that are merely slow when the process has to leave them behind, so that they do
     * not count as unended. Those that hang, or that may have ended the process, still count.
     *
     * @param left selects the deliveries that the process leaves behind
     * @param attempts whether it leaves scheduled attempts behind too
     */
    public void forgive(Predicate<InFlightRecord> left, boolean attempts) {
        var forgiving = EngineThread.start("errand-forgive", () -> {
            try {
                marks.forgive(left);
                if (attempts) {
                    this.attempts.forgive();
                }
            } catch (Exception e) {
                LOG.debug("Deliveries and attempts that are merely slow count as unended", e);
            }
        });
        try {
            forgiving.join(LONGEST_FORGIVING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits. Only {@link #stopWaiting} ends a wait early; interrupts, which only handlers cause, are ignored. */
    private boolean pause(Duration duration) {
        var deadline = System.nanoTime() + duration.toNanos();
        while (true) {
            try {
                return !stopping.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                LOG.debug("A worker was interrupted, which is ignored");
            }
        }
    }
}
