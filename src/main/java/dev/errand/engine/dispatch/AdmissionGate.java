package dev.errand.engine.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;

/**
 * Counts the items that are admitted and not done, and holds the callers that wait until the limits allow another one. Guarded by its
 * dispatcher's lock.
 */
final class AdmissionGate {

    private final AdmissionLimits limits;
    private final List<Waiting> waiting = new ArrayList<>();
    private int items;
    private long bytes;

    /** A caller that has admitted an item of this user and waits to admit the next one. */
    private record Waiting(String user, CompletableFuture<Void> granted) {}

    AdmissionGate(AdmissionLimits limits) {
        this.limits = limits;
    }

    void add(int itemsBytes) {
        items++;
        bytes += itemsBytes;
    }

    void remove(int itemsBytes) {
        items--;
        bytes -= itemsBytes;
    }

    /**
     * @param user the user whose item was admitted last
     * @param ofUser how many items of this user are admitted
     * @return completed when the same caller may admit its next item
     */
    CompletionStage<Void> next(String user, int ofUser) {
        if (hasRoom(ofUser)) {
            return CompletableFuture.completedStage(null);
        }
        var next = new Waiting(user, new CompletableFuture<>());
        waiting.add(next);
        return next.granted;
    }

    private boolean hasRoom(int ofUser) {
        return items < limits.items() && bytes < limits.bytes() && ofUser < limits.itemsOfUser();
    }

    /**
     * Removes the waiting callers that may go on now.
     *
     * @param ofUser returns how many items of a user are admitted
     * @return their futures, which must be completed outside the lock
     */
    List<CompletableFuture<Void>> nowPossible(ToIntFunction<String> ofUser) {
        var possible = waiting.stream()
                .filter(each -> hasRoom(ofUser.applyAsInt(each.user)))
                .toList();
        waiting.removeAll(possible);
        return possible.stream().map(Waiting::granted).toList();
    }

    /**
     * Removes all waiting callers, because nothing is admitted any more.
     *
     * @return their futures, which must be completed outside the lock
     */
    List<CompletableFuture<Void>> open() {
        var all = waiting.stream().map(Waiting::granted).toList();
        waiting.clear();
        return all;
    }

    /** Returns whether a caller waits. */
    boolean isFull() {
        return !waiting.isEmpty();
    }

    int items() {
        return items;
    }

    long bytes() {
        return bytes;
    }
}
