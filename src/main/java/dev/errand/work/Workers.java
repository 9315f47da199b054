package dev.errand.work;

import dev.errand.failure.RetryConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The worker threads, and those of scheduled attempts. Started once and stopped once, by one thread. */
@Singleton
public final class Workers {

    private static final Duration LOOK_AT_LINES = Duration.ofMinutes(1);
    private static final Logger LOG = Logger.getLogger(Workers.class);

    /** Connections for people's questions, two at once, and for relays and status: workers must not wait for them. */
    private static final int OTHERS = 4;

    private final WorkConfig config;
    private final Handlers handlers;
    private final FailureRules rules;
    private final UnitOfWork unit;
    private final ScheduledAttempts attempts;
    private final RetryConfig retry;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    /**
     * @param connections the pool's size
     * @throws IllegalStateException if there are more workers than connections
     */
    @Inject
    Workers(
            WorkConfig config,
            Handlers handlers,
            FailureRules rules,
            UnitOfWork unit,
            ScheduledAttempts attempts,
            RetryConfig retry,
            @ConfigProperty(name = "quarkus.datasource.jdbc.max-size") int connections) {
        if (config.workers() + retry.workers() + OTHERS > connections) {
            throw new IllegalStateException("errand.work.workers=" + config.workers() + " and errand.retry.workers="
                    + retry.workers() + " need as many connections together, and " + OTHERS
                    + " more are for all else, but quarkus.datasource.jdbc.max-size=" + connections
                    + ": raise the one or lower the others");
        }
        this.config = config;
        this.handlers = handlers;
        this.rules = rules;
        this.unit = unit;
        this.attempts = attempts;
        this.retry = retry;
    }

    /** Starts the workers on a queue. */
    public void start(WorkQueue<Delivery> queue) {
        for (int i = 1; i <= config.workers(); i++) {
            var size = new BatchSize(config.batchMax(), config.batchTarget());
            start(new Worker(queue, handlers, rules, unit, this::pause, size), "errand-worker-" + i);
        }
        for (int i = 1; i <= retry.workers(); i++) {
            var retrier = new Retrier(attempts, handlers, rules, this::pause, retry.pollInterval(), Clock.systemUTC());
            start(retrier, "errand-retrier-" + i);
        }
        start(this::watchLines, "errand-line-watch");
    }

    private void watchLines() {
        while (pause(LOOK_AT_LINES)) {
            try {
                attempts.setStuckLinesInMotion();
            } catch (Exception e) {
                LOG.debug("The lines could not be looked at", e);
            }
        }
    }

    private void start(Runnable run, String name) {
        threads.add(OwnThread.start(name, run));
    }

    /** Ends all waiting between attempts: what has not been committed yet is given up. */
    public void stopWaiting() {
        stopping.countDown();
    }

    /**
     * Waits until the workers have ended, after their queue was stopped.
     *
     * @return whether all have in time
     */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        var deadline = System.nanoTime() + atMost.toNanos();
        for (var thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
        return threads.stream().noneMatch(Thread::isAlive);
    }

    /** Only {@link #stopWaiting} ends it: an interrupt is a handler's doing and says nothing. */
    private boolean pause(Duration duration) {
        var deadline = System.nanoTime() + duration.toNanos();
        while (true) {
            try {
                return !stopping.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                LOG.debug("A worker was interrupted, which it does not heed");
            }
        }
    }
}
