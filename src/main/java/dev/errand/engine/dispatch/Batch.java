package dev.errand.engine.dispatch;

import java.util.List;

/**
 * What one unit of work takes on.
 *
 * @param <T> what it is made of
 */
public interface Batch<T> {

    /** Each user's in order; empty only when there will be no more. */
    List<T> items();
}
