package dev.errand.engine.liveness;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A thread that takes one step after another and waits in between as long as each step says. It can be stopped in the middle of a
 * wait. See ADR 20 for why this is not Quarkus's scheduler. Thread-safe.
 */
public final class PeriodicThread {

    private static final Logger LOG = Logger.getLogger(PeriodicThread.class);
    private static final Duration AFTER_DEFECT = Duration.ofSeconds(5);

    private final String name;
    private final Step step;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    /** What the thread does. After an exception it goes on with the next step. */
    @FunctionalInterface
    public interface Step {

        /** @return how long to wait before the next step */
        Duration take() throws InterruptedException;
    }

    public PeriodicThread(String name, Step step) {
        this.name = name;
        this.step = step;
    }

    /** Starts the thread, which takes its first step at once. Must be called once only. */
    public void start() {
        thread = EngineThread.start(name, this::run);
    }

    private void run() {
        try {
            var wait = nextStep();
            while (!stopping.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                wait = nextStep();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A step expects what can fail in it. What it does not expect must not end the thread, as nobody would notice that. */
    private Duration nextStep() throws InterruptedException {
        try {
            return step.take();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.errorf(e, "The thread %s goes on after an internal error of Errand", name);
            return AFTER_DEFECT;
        }
    }

    public boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /**
     * Ends the thread after the step under way, and waits for that. Does nothing if it was not started.
     *
     * @param atMost how long to wait at most
     */
    public void stop(Duration atMost) throws InterruptedException {
        stopping.countDown();
        var started = thread;
        if (started != null) {
            started.join(atMost.toMillis());
        }
    }
}
