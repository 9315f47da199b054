package dev.errand.engine.dispatch;

/** What a dispatcher has to know of its items. Called under its lock: must be quick and must not call back. */
public interface ItemTraits<T> {

    /** Whose item it is. */
    String user(T item);

    /** The memory it takes while it waits. */
    int bytes(T item);

    /** Whether it is no longer wanted here: it is then left out silently wherever it is met. */
    boolean abandoned(T item);

    /** Whether it is handed out alone: it takes long, or failed before and is not to harm others again. */
    boolean alone(T item);
}
