package dev.errand.engine.liveness;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread that takes one step after another and waits in between as long as each step says. It can be stopped in the middle of a
 * wait. See ADR 20 for why this is not Quarkus's scheduler. Thread-safe.
 */
public final class PeriodicThread {

    private final String name;
    private final Step step;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    /** What the thread does. An exception ends the thread. */
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
            var wait = step.take();
            while (!stopping.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                wait = step.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
