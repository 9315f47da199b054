package dev.errand.engine.dispatch;

import java.util.Collection;

/**
 * The queue from which workers take their work. Thread-safe.
 *
 * @param <T> the type of its items
 */
public interface WorkQueue<T> {

    /**
     * Waits for items and takes them. No other batch has items of the same users until this one is {@link #done}.
     *
     * @param max how many items at most, at least 1
     * @return the items; empty if the queue has stopped
     */
    Batch<T> take(int max) throws InterruptedException;

    /**
     * Ends a batch, so that its users' next items may run. Must be called once for each batch.
     *
     * @param batch a batch from {@link #take}
     * @param retries the items to put back, at most one {@code Requeue} for each user of the batch
     */
    void done(Batch<T> batch, Collection<Requeue<T>> retries);
}
