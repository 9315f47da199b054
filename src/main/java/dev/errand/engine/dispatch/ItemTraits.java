package dev.errand.engine.dispatch;

/**
 * What a dispatcher has to know about its items. It calls these methods under its lock, so they must be quick and must not call the
 * dispatcher.
 */
public interface ItemTraits<T> {

    /** Returns the user whose item it is. */
    String user(T item);

    /** Returns the memory that the item takes, in bytes. */
    int bytes(T item);

    /** Returns whether the item is no longer wanted; the dispatcher then drops it silently. */
    boolean abandoned(T item);

    /** Returns whether the item must be a batch of its own, because it takes long, or has failed and must not harm others. */
    boolean alone(T item);
}
