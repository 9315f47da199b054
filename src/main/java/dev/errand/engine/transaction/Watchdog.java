package dev.errand.engine.transaction;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Interrupts threads that take too long, and cancels their statements. Thread-safe. */
@Singleton
public final class Watchdog {

    private static final Logger LOG = Logger.getLogger(Watchdog.class);

    /** The pool may take 8 s to provide the connection with which a statement is cancelled. */
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
     * Watches the current thread until the result is closed.
     *
     * @param timeIsUp called first, on the timer's thread, so it must not block
     * @param cancelQuery cancels the thread's current statement; called on a thread of its own after the interrupt
     */
    public Watch watch(Duration atMost, Runnable timeIsUp, Runnable cancelQuery) {
        return new Watch(Thread.currentThread(), atMost, timeIsUp, cancelQuery);
    }

    /** Watches one thread; never interrupts it after {@link #close}. */
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
                LOG.debug("A query could not be cancelled", e);
            }
        }

        public synchronized boolean expired() {
            return expired;
        }

        /** Waits for a cancellation in progress, which could otherwise cancel the connection's next statement. */
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
                    LOG.debug("An interrupt is ignored until the cancellation has ended");
                }
            }
        }
    }
}
