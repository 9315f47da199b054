package dev.errand.engine.dispatch;

import java.util.Collection;

/**
 * Where workers get their work. Thread-safe.
 *
 * @param <T> what is worked on
 */
public interface WorkQueue<T> {

    /**
     * Waits for items; their users are in no other batch until this one is {@link #done}.
     *
     * @param max how many at most, from 1
     * @return what waits now; empty when the queue has stopped
     */
    Batch<T> take(int max) throws InterruptedException;

    /**
     * Ends a batch: its users' next items may run.
     *
     * @param batch from {@link #take}, once
     * @param retries what has to be tried again, at most one for each user of the batch
     */
    void done(Batch<T> batch, Collection<Requeue<T>> retries);
}
