package dev.errand.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DispatcherTest {

    /** An item whose number counts up for each user. */
    private static final class Item {
        final String user;
        final int number;
        boolean abandoned;
        int failures;

        Item(String user, int number) {
            this.user = user;
            this.number = number;
        }

        @Override
        public String toString() {
            return user + ":" + number;
        }
    }

    private static final ItemTraits<Item> ITEMS = new ItemTraits<>() {
        @Override
        public String user(Item item) {
            return item.user;
        }

        @Override
        public int bytes(Item item) {
            return 10;
        }

        @Override
        public boolean abandoned(Item item) {
            return item.abandoned;
        }

        @Override
        public boolean alone(Item item) {
            return item.failures > 0;
        }
    };

    private final AtomicLong now = new AtomicLong();
    private final Dispatcher<Item> dispatcher = dispatcher(new AdmissionLimits(1000, 1_000_000, 1000));

    private Dispatcher<Item> dispatcher(AdmissionLimits bound) {
        return new Dispatcher<>(bound, ITEMS, now::get);
    }

    @Test
    void shouldHandOutWhatWaitsAcrossUsersInOrder() throws Exception {
        admit("a", 1, "b", 1, "a", 2);

        assertThat(names(dispatcher.take(10))).containsExactly("a:1", "a:2", "b:1");
    }

    @Test
    void shouldNeverHaveAUserInTwoBatches() throws Exception {
        admit("a", 1);
        var first = dispatcher.take(10);
        admit("a", 2, "b", 1);

        assertThat(names(dispatcher.take(10))).containsExactly("b:1");
        dispatcher.done(first, List.of());
        assertThat(names(dispatcher.take(10))).containsExactly("a:2");
    }

    @Test
    void shouldLeaveRoomForOthersInAHotUsersBatch() throws Exception {
        for (int i = 1; i <= 20; i++) {
            admit("hot", i);
        }
        admit("a", 1, "b", 1);

        assertThat(names(dispatcher.take(8)))
                .containsExactly("hot:1", "hot:2", "a:1", "b:1", "hot:3", "hot:4", "hot:5", "hot:6");
    }

    @Test
    void shouldSuspendAUserAndDelayNobodyElse() throws Exception {
        admit("a", 1, "a", 2, "b", 1);
        var batch = dispatcher.take(10);

        fail(batch, "a", Duration.ofSeconds(5));
        admit("a", 3, "b", 2);

        assertThat(names(dispatcher.take(10))).containsExactly("b:2");
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        var alone = dispatcher.take(10);
        assertThat(names(alone)).as("what failed goes alone").containsExactly("a:1");
        dispatcher.done(alone, List.of());
        assertThat(names(dispatcher.take(10))).containsExactly("a:2", "a:3");
    }

    @Test
    void shouldWakeAWorkerWhenASuspensionEnds() throws Exception {
        var real = new Dispatcher<>(new AdmissionLimits(10, 1000, 10), ITEMS, System::nanoTime);
        real.admit(new Item("a", 1));
        var batch = real.take(1);
        real.done(batch, List.of(new Requeue<>(batch.items(), Duration.ofMillis(50))));

        assertThat(names(real.take(1))).containsExactly("a:1");
    }

    @Test
    void shouldAskToWaitAtEachBoundAndGrantWhenThereIsRoom() throws Exception {
        var byItems = dispatcher(new AdmissionLimits(2, 1_000_000, 1000));
        var byBytes = dispatcher(new AdmissionLimits(1000, 20, 1000));
        var byUser = dispatcher(new AdmissionLimits(1000, 1_000_000, 2));
        for (var bounded : List.of(byItems, byBytes, byUser)) {
            assertThat(bounded.admit(new Item("a", 1)).toCompletableFuture()).isDone();

            var waiting = bounded.admit(new Item("a", 2)).toCompletableFuture();

            assertThat(waiting).isNotDone();
            var batch = bounded.take(1);
            assertThat(waiting).as("running items count").isNotDone();
            bounded.done(batch, List.of());
            assertThat(waiting).isDone();
        }
    }

    @Test
    void shouldNotLetOneUserFillItAlone() {
        var bounded = dispatcher(new AdmissionLimits(10, 1_000_000, 4));
        IntStream.rangeClosed(1, 3).forEach(i -> bounded.admit(new Item("hot", i)));

        assertThat(bounded.admit(new Item("hot", 4)).toCompletableFuture()).isNotDone();

        assertThat(bounded.admit(new Item("other", 1)).toCompletableFuture()).isDone();
    }

    @Test
    void shouldLeaveOutWhatIsAbandonedWhereverItIs() throws Exception {
        // Given
        var waiting = new Item("a", 2);
        admit("a", 1);
        var batch = dispatcher.take(1);
        dispatcher.admit(waiting);
        admit("b", 1);
        var running = batch.items().get(0);

        // When
        waiting.abandoned = true;
        running.abandoned = true;
        dispatcher.dropAbandoned();
        assertThat(dispatcher.awaitDone(item -> item.abandoned, Duration.ofMillis(1)))
                .isFalse();
        dispatcher.done(batch, List.of(new Requeue<>(batch.items(), Duration.ZERO)));

        // Then
        assertThat(dispatcher.awaitDone(item -> item.abandoned, Duration.ZERO)).isTrue();
        assertThat(names(dispatcher.take(10))).containsExactly("b:1");
        assertThat(dispatcher.load().users()).isEqualTo(1);
    }

    @Test
    void shouldEndWorkersAndAdmissionsWhenStopped() throws Exception {
        var bounded = dispatcher(new AdmissionLimits(1, 1000, 1));
        var waiting = bounded.admit(new Item("a", 1)).toCompletableFuture();

        bounded.stop();

        assertThat(waiting).isDone();
        assertThat(bounded.take(1).items()).isEmpty();
        assertThat(bounded.admit(new Item("a", 2)).toCompletableFuture()).isDone();
    }

    /** Compares thousands of random schedules with a simple model of the contract. */
    @Test
    void shouldAgreeWithTheModelOnRandomSchedules() throws Exception {
        for (long seed = 1; seed <= 5000; seed++) {
            new Schedule(seed).run();
        }
    }

    /** One random schedule, which is compared with the model after each step. */
    private final class Schedule {
        private final long seed;
        private final Random random;
        private final Dispatcher<Item> tested;
        private final Map<String, List<Item>> expected = new HashMap<>();
        private final Map<String, Long> resumeAt = new HashMap<>();
        private final Map<String, Integer> admitted = new HashMap<>();
        private final List<Batch<Item>> running = new ArrayList<>();
        private final int bound;

        Schedule(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.bound = 1 + random.nextInt(30);
            this.tested = dispatcher(new AdmissionLimits(bound, 1_000_000, 1 + random.nextInt(20)));
        }

        void run() throws Exception {
            for (int step = 0; step < 60; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> admitOne();
                    case 2, 3 -> takeIfPossible();
                    case 4 -> finishOne();
                    default -> now.addAndGet(random.nextInt(50));
                }
            }
            while (!running.isEmpty() || hasReady()) {
                now.addAndGet(1000);
                takeIfPossible();
                finishOne();
            }
            now.addAndGet(1_000_000);
            while (hasReady() || !running.isEmpty()) {
                takeIfPossible();
                if (!running.isEmpty()) {
                    end(running.remove(0), false);
                }
            }
            assertThat(tested.load()).as(this.toString()).isEqualTo(new DispatcherLoad(0, 0, 0, 0, 0, false));
        }

        private void admitOne() {
            var user = "u" + random.nextInt(5);
            var item = new Item(user, admitted.merge(user, 1, Integer::sum));
            expected.computeIfAbsent(user, any -> new ArrayList<>()).add(item);
            tested.admit(item);
        }

        private Set<String> busy() {
            var users = new HashSet<String>();
            running.forEach(batch -> batch.items().forEach(item -> users.add(item.user)));
            return users;
        }

        private Set<String> readyUsers() {
            var ready = new LinkedHashSet<>(expected.keySet());
            ready.removeAll(busy());
            ready.removeIf(user -> resumeAt.getOrDefault(user, Long.MIN_VALUE) > now.get());
            ready.removeIf(user -> expected.get(user).isEmpty());
            return ready;
        }

        private boolean hasReady() {
            return !readyUsers().isEmpty();
        }

        private void takeIfPossible() throws Exception {
            var ready = readyUsers();
            if (ready.isEmpty()) {
                return;
            }
            var max = 1 + random.nextInt(12);
            var batch = tested.take(max);
            assertThat(batch.items()).as(toString()).isNotEmpty().hasSizeLessThanOrEqualTo(max);
            var taken = new HashMap<String, Integer>();
            for (var item : batch.items()) {
                assertThat(ready).as(toString()).contains(item.user);
                var position = taken.merge(item.user, 1, Integer::sum) - 1;
                assertThat(item).as(toString()).isSameAs(expected.get(item.user).get(position));
            }
            if (batch.items().size() > 1) {
                assertThat(batch.items().get(0).failures)
                        .as("what failed goes alone: " + this)
                        .isZero();
            }
            var waiting =
                    ready.stream().mapToInt(user -> expected.get(user).size()).sum();
            var suspects = expected.values().stream().flatMap(List::stream).anyMatch(item -> item.failures > 0);
            if (!suspects) {
                assertThat(batch.items()).as("as many as wait: " + this).hasSize(Math.min(max, waiting));
            }
            running.add(batch);
        }

        private void finishOne() {
            if (!running.isEmpty()) {
                end(running.remove(random.nextInt(running.size())), random.nextInt(4) == 0);
            }
        }

        private void end(Batch<Item> batch, boolean withFailure) {
            var retries = new ArrayList<Requeue<Item>>();
            var failing =
                    withFailure ? batch.items().get(random.nextInt(batch.items().size())) : null;
            var after = random.nextInt(100);
            var goesBack = new ArrayList<Item>();
            for (var item : batch.items()) {
                if (failing != null && item.user.equals(failing.user) && item.number >= failing.number) {
                    goesBack.add(item);
                } else {
                    expected.get(item.user).remove(item);
                }
            }
            if (failing != null) {
                failing.failures++;
                retries.add(new Requeue<>(goesBack, Duration.ofNanos(after)));
                resumeAt.put(failing.user, now.get() + after);
            }
            tested.done(batch, retries);
        }

        @Override
        public String toString() {
            return "seed " + seed;
        }
    }

    /** With real threads, each user's items come out in order and in one batch at a time, and none is lost or doubled. */
    @Test
    void shouldKeepOrderAndLoseNothingWithRealThreads() throws Exception {
        // Given
        var seed = 42L;
        var users = 40;
        var each = 500;
        var real = new Dispatcher<>(new AdmissionLimits(200, 1_000_000, 50), ITEMS, System::nanoTime);
        var lastOf = new ConcurrentHashMap<String, Integer>();
        var inWork = ConcurrentHashMap.<String>newKeySet();
        var wrong = new ConcurrentHashMap<String, String>();
        var left = new CountDownLatch(users * each);
        var most = new AtomicInteger();
        var workers = IntStream.range(0, 6)
                .mapToObj(i -> new Thread(() -> {
                    var random = new Random(seed + i);
                    try {
                        for (var batch = real.take(16); !batch.items().isEmpty(); batch = real.take(16)) {
                            most.accumulateAndGet(real.load().items(), Math::max);
                            var mine = new HashSet<String>();
                            batch.items().forEach(item -> mine.add(item.user));
                            for (var user : mine) {
                                if (!inWork.add(user)) {
                                    wrong.put(user, "in two batches");
                                }
                            }
                            var retries = new ArrayList<Requeue<Item>>();
                            var held = new HashMap<String, List<Item>>();
                            for (var item : batch.items()) {
                                if (held.containsKey(item.user)) {
                                    held.get(item.user).add(item);
                                } else if (random.nextInt(50) == 0) {
                                    item.failures++;
                                    held.put(item.user, new ArrayList<>(List.of(item)));
                                } else {
                                    if (lastOf.merge(item.user, 1, Integer::sum) != item.number) {
                                        wrong.put(item.user, "out of order at " + item);
                                    }
                                    left.countDown();
                                }
                            }
                            held.values().forEach(items -> retries.add(new Requeue<>(items, Duration.ofNanos(1000))));
                            inWork.removeAll(mine);
                            real.done(batch, retries);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .toList();
        workers.forEach(Thread::start);

        // When
        var random = new Random(seed);
        var next = new HashMap<String, Integer>();
        for (int i = 0; i < users * each; i++) {
            String user;
            do {
                user = "u" + random.nextInt(users);
            } while (next.getOrDefault(user, 0) == each);
            real.admit(new Item(user, next.merge(user, 1, Integer::sum)))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }

        // Then
        assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
        real.stop();
        for (var worker : workers) {
            worker.join(10_000);
        }
        assertThat(wrong).isEmpty();
        assertThat(most.get()).as("the bound").isLessThanOrEqualTo(200);
        assertThat(real.load()).isEqualTo(new DispatcherLoad(0, 0, 0, 0, 0, false));
    }

    private void admit(Object... usersAndNumbers) {
        for (int i = 0; i < usersAndNumbers.length; i += 2) {
            dispatcher.admit(new Item((String) usersAndNumbers[i], (Integer) usersAndNumbers[i + 1]));
        }
    }

    private void fail(Batch<Item> batch, String user, Duration after) {
        var items =
                batch.items().stream().filter(item -> item.user.equals(user)).toList();
        items.get(0).failures++;
        dispatcher.done(batch, List.of(new Requeue<>(items, after)));
    }

    private static List<String> names(Batch<Item> batch) {
        return batch.items().stream().map(Item::toString).toList();
    }
}
