package dev.errand.engine.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;

/** Counts what is admitted and not yet done, and who waits until there is room for more. Under its dispatcher's lock. */
final class AdmissionGate {

    private final AdmissionLimits limits;
    private final List<Waiting> waiting = new ArrayList<>();
    private int items;
    private long bytes;

    /** Somebody who waits to admit the next item, after one of this user's. */
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
     * @param user whose item was admitted last
     * @param ofUser how many items of theirs are admitted
     * @return completed when the next item may come from where that one came from
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
     * Takes out those for whom there is room now.
     *
     * @param ofUser how many items of a user are admitted
     * @return to be completed outside the lock
     */
    List<CompletableFuture<Void>> nowPossible(ToIntFunction<String> ofUser) {
        var possible = waiting.stream()
                .filter(each -> hasRoom(ofUser.applyAsInt(each.user)))
                .toList();
        waiting.removeAll(possible);
        return possible.stream().map(Waiting::granted).toList();
    }

    /**
     * Takes out everybody: nothing is admitted any more.
     *
     * @return to be completed outside the lock
     */
    List<CompletableFuture<Void>> open() {
        var all = waiting.stream().map(Waiting::granted).toList();
        waiting.clear();
        return all;
    }

    /** Whether somebody waits. */
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
