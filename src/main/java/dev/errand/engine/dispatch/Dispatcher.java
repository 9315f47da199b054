package dev.errand.engine.dispatch;

import dev.errand.engine.dispatch.UserLane.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Hands waiting items to workers: each user's in the order of their admission and in one batch at a time, and different users' in
 * parallel.
 *
 * <p>Invariants, under the one lock:
 *
 * <ul>
 *   <li>a user has a lane exactly while items of theirs wait or run;
 *   <li>a lane is in {@code ready} exactly while it is {@link State#READY}, in {@code suspended} exactly while it is
 *       {@link State#SUSPENDED}, and in one batch exactly while it is {@link State#BUSY};
 *   <li>only a lane that is not busy and has items is ready or suspended.
 * </ul>
 *
 * <p>Thread-safe. Only {@link #take} and {@link #awaitDone} wait.
 *
 * @param <T> the type of the items
 */
public final class Dispatcher<T> implements WorkQueue<T> {

    private final AdmissionGate gate;
    private final ItemTraits<T> traits;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition workable = lock.newCondition();
    private final Condition released = lock.newCondition();

    private final Map<String, UserLane<T>> lanes = new HashMap<>();
    private final ArrayDeque<UserLane<T>> ready = new ArrayDeque<>();
    private final PriorityQueue<UserLane<T>> suspended =
            new PriorityQueue<>((a, b) -> Long.signum(a.resumeAt() - b.resumeAt()));
    private final Set<RunningBatch<T>> running = Collections.newSetFromMap(new IdentityHashMap<>());

    private boolean stopped;

    private record RunningBatch<T>(List<T> items, List<UserLane<T>> lanes) implements Batch<T> {}

    /** @param nanoTime a clock such as {@link System#nanoTime} */
    public Dispatcher(AdmissionLimits limits, ItemTraits<T> traits, LongSupplier nanoTime) {
        this.gate = new AdmissionGate(limits);
        this.traits = traits;
        this.nanoTime = nanoTime;
    }

    /**
     * Puts an item at the end of its user's lane. It never refuses an item.
     *
     * @return completed when the next item may be admitted; a caller that does not wait exceeds the limits
     */
    public CompletionStage<Void> admit(T item) {
        lock.lock();
        try {
            if (stopped || traits.abandoned(item)) {
                return CompletableFuture.completedStage(null);
            }
            gate.add(traits.bytes(item));
            var lane = lanes.get(traits.user(item));
            if (lane == null) {
                lane = new UserLane<>(traits.user(item));
                lanes.put(lane.user(), lane);
                lane.append(item);
                makeReady(lane);
            } else {
                lane.append(item);
            }
            return gate.next(lane.user(), lane.size());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Batch<T> take(int max) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (stopped) {
                    return new RunningBatch<>(List.of(), List.of());
                }
                resumeDue();
                if (!ready.isEmpty()) {
                    var batch = gather(max);
                    running.add(batch);
                    return batch;
                }
                if (suspended.isEmpty()) {
                    workable.await();
                } else {
                    var wait = suspended.element().resumeAt() - nanoTime.getAsLong();
                    if (wait > 0) {
                        workable.awaitNanos(wait);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void done(Batch<T> batch, Collection<Requeue<T>> retries) {
        var ended = (RunningBatch<T>) batch;
        admit(() -> {
            running.remove(ended);
            ended.items.forEach(this::forget);
            retries.forEach(this::putBack);
            ended.lanes.forEach(this::release);
            released.signalAll();
            return gate.nowPossible(this::itemsOf);
        });
    }

    /** @param change runs under the lock, and returns the admissions that are possible now */
    private void admit(Supplier<List<CompletableFuture<Void>>> change) {
        List<CompletableFuture<Void>> admitted;
        lock.lock();
        try {
            admitted = change.get();
        } finally {
            lock.unlock();
        }
        // Outside the lock, because dependent stages run at once and may call this dispatcher.
        admitted.forEach(admission -> admission.complete(null));
    }

    /** Drops every waiting item that has been abandoned. Running ones go on; see {@link #awaitDone}. */
    public void dropAbandoned() {
        admit(() -> {
            for (var lane : List.copyOf(lanes.values())) {
                lane.remove(traits::abandoned).forEach(this::forget);
                if (lane.isEmpty() && lane.state() != State.BUSY) {
                    leave(lane);
                }
            }
            return gate.nowPossible(this::itemsOf);
        });
    }

    /**
     * Waits until no running batch has an item that matches.
     *
     * @return whether that was so in time
     */
    public boolean awaitDone(Predicate<T> kind, Duration atMost) {
        var nanos = atMost.toNanos();
        lock.lock();
        try {
            while (running.stream().anyMatch(batch -> batch.items.stream().anyMatch(kind))) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = released.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the items that are handed out and not done. */
    public List<T> runningItems() {
        lock.lock();
        try {
            return running.stream().flatMap(batch -> batch.items.stream()).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Stops admitting items and handing them out. Running batches may end. */
    public void stop() {
        admit(() -> {
            stopped = true;
            workable.signalAll();
            return gate.open();
        });
    }

    /** Returns how full this dispatcher is. */
    public DispatcherLoad load() {
        lock.lock();
        try {
            return new DispatcherLoad(
                    gate.items(), gate.bytes(), lanes.size(), suspended.size(), running.size(), gate.isFull());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes items from the ready lanes, the one that has been ready longest first. A lane gives at most a quarter of the batch as long
     * as others are ready, and fills what is left afterwards. An item that must be alone becomes a batch of its own.
     */
    private RunningBatch<T> gather(int max) {
        List<T> taken = new ArrayList<>();
        List<UserLane<T>> lanesOfBatch = new ArrayList<>();
        if (traits.alone(ready.element().next())) {
            takeNext(lanesOfBatch).moveTo(taken, 1);
            return new RunningBatch<>(taken, lanesOfBatch);
        }
        int share = Math.max(1, max / 4);
        while (taken.size() < max
                && !ready.isEmpty()
                && !traits.alone(ready.element().next())) {
            takeNext(lanesOfBatch).moveTo(taken, Math.min(share, max - taken.size()));
        }
        // After the first items of all lanes; each user's items stay in order.
        for (var lane : lanesOfBatch) {
            lane.moveTo(taken, max - taken.size());
        }
        return new RunningBatch<>(taken, lanesOfBatch);
    }

    private UserLane<T> takeNext(List<UserLane<T>> lanesOfBatch) {
        var lane = ready.remove();
        lane.becomes(State.BUSY);
        lanesOfBatch.add(lane);
        return lane;
    }

    private void putBack(Requeue<T> retry) {
        var lane = lanes.get(traits.user(retry.items().get(0)));
        if (lane == null) {
            return;
        }
        for (int i = retry.items().size() - 1; i >= 0; i--) {
            var item = retry.items().get(i);
            if (!traits.abandoned(item)) {
                lane.putBack(item);
                gate.add(traits.bytes(item));
            }
        }
        lane.suspendUntil(nanoTime.getAsLong() + retry.after().toNanos());
    }

    private void release(UserLane<T> lane) {
        lane.batchEnded();
        if (lane.isEmpty()) {
            lanes.remove(lane.user());
        } else if (lane.state() == State.SUSPENDED) {
            suspended.add(lane);
            workable.signal();
        } else {
            makeReady(lane);
        }
    }

    private void makeReady(UserLane<T> lane) {
        lane.becomes(State.READY);
        ready.add(lane);
        workable.signal();
    }

    private void resumeDue() {
        var now = nanoTime.getAsLong();
        while (!suspended.isEmpty() && suspended.element().resumeAt() - now <= 0) {
            makeReady(suspended.remove());
        }
    }

    private void leave(UserLane<T> lane) {
        lanes.remove(lane.user());
        ready.remove(lane);
        suspended.remove(lane);
    }

    private void forget(T item) {
        gate.remove(traits.bytes(item));
    }

    private int itemsOf(String user) {
        var lane = lanes.get(user);
        return lane == null ? 0 : lane.size();
    }
}
