package dev.errand.engine.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** One user's items that wait or run, in the order of their admission. Guarded by its dispatcher's lock. */
final class UserLane<T> {

    enum State {
        READY,
        BUSY,
        SUSPENDED
    }

    private final String user;
    private final ArrayDeque<T> waiting = new ArrayDeque<>();
    private State state = State.BUSY;
    private long resumeAt;
    private int running;

    UserLane(String user) {
        this.user = user;
    }

    String user() {
        return user;
    }

    State state() {
        return state;
    }

    void becomes(State next) {
        state = next;
    }

    /** @param at nanoseconds by the dispatcher's clock */
    void suspendUntil(long at) {
        state = State.SUSPENDED;
        resumeAt = at;
    }

    long resumeAt() {
        return resumeAt;
    }

    /** Returns how many items wait or run. */
    int size() {
        return waiting.size() + running;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    T next() {
        return waiting.element();
    }

    void append(T item) {
        waiting.add(item);
    }

    void putBack(T item) {
        waiting.addFirst(item);
    }

    /** Moves the next waiting items into a batch. */
    void moveTo(List<T> batch, int atMost) {
        for (int i = 0; i < atMost && !waiting.isEmpty(); i++) {
            batch.add(waiting.remove());
            running++;
        }
    }

    void batchEnded() {
        running = 0;
    }

    /** @return the removed items */
    List<T> remove(Predicate<T> unwanted) {
        List<T> removed = new ArrayList<>();
        waiting.removeIf(item -> unwanted.test(item) && removed.add(item));
        return removed;
    }
}
