package dev.errand.engine.transaction;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Interrupts handlers that take too long. Thread-safe. */
@Singleton
public final class Watchdog {

    private static final Logger LOG = Logger.getLogger(Watchdog.class);

    /** Getting a connection to ask with may take the pool 8 s. */
    private static final Duration LONGEST_CANCELLING = Duration.ofSeconds(10);

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        var thread = new Thread(task, "errand-watchdog");
        thread.setDaemon(true);
        return thread;
    });

    Watchdog() {
        timer.setRemoveOnCancelPolicy(true);
    }

    @PreDestroy
    void end() {
        timer.shutdownNow();
    }

    /**
     * Watches over this thread until it is closed.
     *
     * @param timeIsUp is told first, and has to be quick; run on another thread
     * @param cancelQuery ends what the database does for this thread; run on another one
     */
    public Watch watch(Duration atMost, Runnable timeIsUp, Runnable cancelQuery) {
        return new Watch(Thread.currentThread(), atMost, timeIsUp, cancelQuery);
    }

    /** Never interrupts after it was closed. */
    public final class Watch implements AutoCloseable {

        private final Thread watched;
        private final ScheduledFuture<?> alarm;
        private boolean over;
        private boolean expired;
        private @Nullable Thread cancelling;

        private Watch(Thread watched, Duration atMost, Runnable timeIsUp, Runnable cancelQuery) {
            this.watched = watched;
            this.alarm = timer.schedule(() -> expire(timeIsUp, cancelQuery), atMost.toNanos(), TimeUnit.NANOSECONDS);
        }

        private synchronized void expire(Runnable timeIsUp, Runnable cancelQuery) {
            if (!over) {
                expired = true;
                timeIsUp.run();
                watched.interrupt();
                cancelling = new Thread(() -> cancel(cancelQuery), "errand-cancel");
                cancelling.setDaemon(true);
                cancelling.start();
            }
        }

        private static void cancel(Runnable cancelQuery) {
            try {
                cancelQuery.run();
            } catch (RuntimeException e) {
                LOG.debug("There was no query to cancel any more", e);
            }
        }

        public synchronized boolean expired() {
            return expired;
        }

        /** Waits for a cancellation under way, which could otherwise hit the next statement of the connection. */
        @Override
        public void close() {
            Thread waitFor;
            synchronized (this) {
                over = true;
                alarm.cancel(false);
                waitFor = cancelling;
            }
            if (waitFor != null) {
                joinUninterruptibly(waitFor);
            }
        }

        private static void joinUninterruptibly(Thread thread) {
            var deadline = System.nanoTime() + LONGEST_CANCELLING.toNanos();
            for (long nanos = LONGEST_CANCELLING.toNanos(); nanos > 0; nanos = deadline - System.nanoTime()) {
                try {
                    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
                    return;
                } catch (InterruptedException e) {
                    LOG.debug("The handler's interrupt came late");
                }
            }
        }
    }
}
