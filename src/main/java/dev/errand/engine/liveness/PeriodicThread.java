package dev.errand.engine.liveness;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread that takes one step after the other, waits as long as each says, and ends when it is told to, also in the middle of a
 * wait. See ADR 20 for why this is not Quarkus's scheduler. Thread-safe.
 */
public final class PeriodicThread {

    private final String name;
    private final Step step;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    /** What the thread does; what it throws ends the thread. */
    @FunctionalInterface
    public interface Step {

        /** @return how long to wait before the next one */
        Duration take() throws InterruptedException;
    }

    public PeriodicThread(String name, Step step) {
        this.name = name;
        this.step = step;
    }

    /** Takes the first step at once. To be called once. */
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
     * Has it end after the step under way. Does nothing where it was not started.
     *
     * @param atMost how long to wait for that
     */
    public void stop(Duration atMost) throws InterruptedException {
        stopping.countDown();
        var started = thread;
        if (started != null) {
            started.join(atMost.toMillis());
        }
    }
}
