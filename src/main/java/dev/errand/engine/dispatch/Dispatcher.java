package dev.errand.engine.dispatch;

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

/**
 * Hands waiting items to workers: each user's in the order of their admission and never two of a user's units of work at
 * once, different users' in parallel.
 *
 * <p>Invariants, under the one lock:
 *
 * <ul>
 *   <li>a user has a line exactly while items of theirs wait or run;
 *   <li>a line is in {@code ready} exactly while it is {@link State#READY}, in {@code suspended} exactly while it is
 *       {@link State#SUSPENDED}, and in one batch exactly while it is {@link State#BUSY};
 *   <li>only a line that is not busy and has items is ready or suspended.
 * </ul>
 *
 * <p>Thread-safe. No method but {@link #take} and {@link #awaitDone} waits.
 *
 * @param <T> what is handed out
 */
public final class Dispatcher<T> implements WorkQueue<T> {

    private final Bound bound;
    private final Traits<T> traits;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition workable = lock.newCondition();
    private final Condition released = lock.newCondition();

    private final Map<String, Line<T>> lines = new HashMap<>();
    private final ArrayDeque<Line<T>> ready = new ArrayDeque<>();
    private final PriorityQueue<Line<T>> suspended =
            new PriorityQueue<>((a, b) -> Long.signum(a.resumeAt - b.resumeAt));
    private final List<Admission> admissions = new ArrayList<>();
    private final Set<Turn<T>> running = Collections.newSetFromMap(new IdentityHashMap<>());

    private int items;
    private long bytes;
    private boolean stopped;

    /**
     * How much may be admitted and not yet done before {@link #admit} asks its caller to wait.
     *
     * @param items how many items
     * @param bytes how many bytes, as {@link Traits#bytes} weighs them
     * @param itemsOfUser how many items of one user, so that no user can fill it alone
     */
    public record Bound(int items, long bytes, int itemsOfUser) {

        public Bound {
            if (items < 1 || bytes < 1 || itemsOfUser < 1) {
                throw new IllegalArgumentException("A bound of " + items + " items, " + bytes + " bytes and "
                        + itemsOfUser + " items of a user admits none");
            }
        }
    }

    /** What a dispatcher has to know of its items. Called under its lock: must be quick and must not call back. */
    public interface Traits<T> {

        /** Whose line the item stands in. */
        String user(T item);

        /** The memory it takes while it waits. */
        int bytes(T item);

        /** Whether it is no longer wanted here: it is then left out silently wherever it is met. */
        boolean abandoned(T item);

        /** Whether it is handed out alone: it takes long, or failed before and is not to harm others again. */
        boolean alone(T item);
    }

    private enum State {
        READY,
        BUSY,
        SUSPENDED
    }

    private static final class Line<T> {
        final String user;
        final ArrayDeque<T> waiting = new ArrayDeque<>();
        State state = State.BUSY;
        long resumeAt;
        int running;

        Line(String user) {
            this.user = user;
        }
    }

    /** Somebody who waits to admit the next item. */
    private record Admission(String user, CompletableFuture<Void> granted) {}

    private record Turn<T>(List<T> items, List<Line<T>> lines) implements Batch<T> {}

    /** @param nanoTime a clock as {@link System#nanoTime} */
    public Dispatcher(Bound bound, Traits<T> traits, LongSupplier nanoTime) {
        this.bound = bound;
        this.traits = traits;
        this.nanoTime = nanoTime;
    }

    /**
     * Puts an item at the end of its user's line. Never refuses.
     *
     * @return completed when there is room for the next one; whoever goes on before exceeds the bound
     */
    public CompletionStage<Void> admit(T item) {
        lock.lock();
        try {
            if (stopped || traits.abandoned(item)) {
                return CompletableFuture.completedStage(null);
            }
            items++;
            bytes += traits.bytes(item);
            var line = lines.get(traits.user(item));
            if (line == null) {
                line = new Line<>(traits.user(item));
                lines.put(line.user, line);
                line.waiting.add(item);
                makeReady(line);
            } else {
                line.waiting.add(item);
            }
            if (hasRoomAfter(line.user)) {
                return CompletableFuture.completedStage(null);
            }
            var admission = new Admission(line.user, new CompletableFuture<>());
            admissions.add(admission);
            return admission.granted;
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
                    return new Turn<>(List.of(), List.of());
                }
                resumeDue();
                if (!ready.isEmpty()) {
                    var turn = gather(max);
                    running.add(turn);
                    return turn;
                }
                if (suspended.isEmpty()) {
                    workable.await();
                } else {
                    var wait = suspended.element().resumeAt - nanoTime.getAsLong();
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
        var turn = (Turn<T>) batch;
        List<CompletableFuture<Void>> admitted;
        lock.lock();
        try {
            running.remove(turn);
            turn.items.forEach(this::forget);
            for (var retry : retries) {
                putBack(retry);
            }
            for (var line : turn.lines) {
                release(line);
            }
            released.signalAll();
            admitted = admissionsNowPossible();
        } finally {
            lock.unlock();
        }
        // Outside the lock: what hangs on an admission runs at once, and may come back here.
        admitted.forEach(admission -> admission.complete(null));
    }

    /** Leaves out every waiting item that has been abandoned. Running ones go on; see {@link #awaitDone}. */
    public void dropAbandoned() {
        List<CompletableFuture<Void>> admitted;
        lock.lock();
        try {
            for (var line : List.copyOf(lines.values())) {
                dropAbandoned(line);
                if (line.waiting.isEmpty() && line.state != State.BUSY) {
                    leave(line);
                }
            }
            admitted = admissionsNowPossible();
        } finally {
            lock.unlock();
        }
        admitted.forEach(admission -> admission.complete(null));
    }

    /**
     * Waits until no running batch has an item of this kind.
     *
     * @return whether that came true in time
     */
    public boolean awaitDone(Predicate<T> kind, Duration atMost) {
        var nanos = atMost.toNanos();
        lock.lock();
        try {
            while (running.stream().anyMatch(turn -> turn.items.stream().anyMatch(kind))) {
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

    /** What is handed out and not done. */
    public List<T> runningItems() {
        lock.lock();
        try {
            return running.stream().flatMap(turn -> turn.items.stream()).toList();
        } finally {
            lock.unlock();
        }
    }

    /** From now on nothing is admitted or handed out; running batches may end. */
    public void stop() {
        List<CompletableFuture<Void>> admitted;
        lock.lock();
        try {
            stopped = true;
            admitted = admissions.stream().map(Admission::granted).toList();
            admissions.clear();
            workable.signalAll();
        } finally {
            lock.unlock();
        }
        admitted.forEach(admission -> admission.complete(null));
    }

    /** What is in this dispatcher at one moment. */
    public Load load() {
        lock.lock();
        try {
            return new Load(items, bytes, lines.size(), suspended.size(), running.size(), !admissions.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /**
     * How full a dispatcher is.
     *
     * @param items admitted and not done
     * @param bytes their weight
     * @param users with items waiting or running
     * @param suspendedUsers whose line waits for a later attempt
     * @param batches handed out and not done
     * @param full whether somebody waits to admit another item
     */
    public record Load(int items, long bytes, int users, int suspendedUsers, int batches, boolean full) {}

    /**
     * Every ready user gets a turn before one gets a second: while others wait, a user takes a quarter of the batch at
     * most. What is to go alone does.
     */
    private Turn<T> gather(int max) {
        List<T> taken = new ArrayList<>();
        List<Line<T>> turns = new ArrayList<>();
        if (traits.alone(ready.element().waiting.element())) {
            move(giveTurn(turns), taken, 1);
            return new Turn<>(taken, turns);
        }
        int share = Math.max(1, max / 4);
        while (taken.size() < max
                && !ready.isEmpty()
                && !traits.alone(ready.element().waiting.element())) {
            move(giveTurn(turns), taken, Math.min(share, max - taken.size()));
        }
        // Behind the first turns, so that each user's items stay in order.
        for (var line : turns) {
            move(line, taken, max - taken.size());
        }
        return new Turn<>(taken, turns);
    }

    private Line<T> giveTurn(List<Line<T>> turns) {
        var line = ready.remove();
        line.state = State.BUSY;
        turns.add(line);
        return line;
    }

    private void move(Line<T> line, List<T> taken, int atMost) {
        for (int i = 0; i < atMost && !line.waiting.isEmpty(); i++) {
            taken.add(line.waiting.remove());
            line.running++;
        }
    }

    private void putBack(Requeue<T> retry) {
        var line = lines.get(traits.user(retry.items().get(0)));
        if (line == null) {
            return;
        }
        for (int i = retry.items().size() - 1; i >= 0; i--) {
            var item = retry.items().get(i);
            if (!traits.abandoned(item)) {
                line.waiting.addFirst(item);
                items++;
                bytes += traits.bytes(item);
            }
        }
        line.state = State.SUSPENDED;
        line.resumeAt = nanoTime.getAsLong() + retry.after().toNanos();
    }

    private void release(Line<T> line) {
        line.running = 0;
        if (line.waiting.isEmpty()) {
            lines.remove(line.user);
        } else if (line.state == State.SUSPENDED) {
            suspended.add(line);
            workable.signal();
        } else {
            makeReady(line);
        }
    }

    private void makeReady(Line<T> line) {
        line.state = State.READY;
        ready.add(line);
        workable.signal();
    }

    private void resumeDue() {
        var now = nanoTime.getAsLong();
        while (!suspended.isEmpty() && suspended.element().resumeAt - now <= 0) {
            makeReady(suspended.remove());
        }
    }

    private void leave(Line<T> line) {
        lines.remove(line.user);
        ready.remove(line);
        suspended.remove(line);
    }

    private void dropAbandoned(Line<T> line) {
        line.waiting.removeIf(item -> {
            if (!traits.abandoned(item)) {
                return false;
            }
            forget(item);
            return true;
        });
    }

    private void forget(T item) {
        items--;
        bytes -= traits.bytes(item);
    }

    /** Whether one more may come from where this user's last item came from. */
    private boolean hasRoomAfter(String user) {
        var line = lines.get(user);
        var ofUser = line == null ? 0 : line.waiting.size() + line.running;
        return items < bound.items && bytes < bound.bytes && ofUser < bound.itemsOfUser;
    }

    private List<CompletableFuture<Void>> admissionsNowPossible() {
        var possible = admissions.stream()
                .filter(admission -> hasRoomAfter(admission.user))
                .toList();
        admissions.removeAll(possible);
        return possible.stream().map(Admission::granted).toList();
    }
}
