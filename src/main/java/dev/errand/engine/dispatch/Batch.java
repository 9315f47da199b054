package dev.errand.engine.dispatch;

import java.util.List;

/**
 * The items that a worker has taken from a queue.
 *
 * @param <T> the type of its items
 */
public interface Batch<T> {

    /** Returns the items, each user's in order; empty only if the queue has stopped. */
    List<T> items();
}
