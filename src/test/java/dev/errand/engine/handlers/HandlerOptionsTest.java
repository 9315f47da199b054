package dev.errand.engine.handlers;

import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Events;
import dev.errand.handler.Handles;
import dev.errand.handler.NonRetryableException;
import dev.errand.handler.Retry;
import dev.errand.testkit.Errand;
import dev.errand.testsupport.Database;
import io.quarkus.hibernate.orm.panache.Panache;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Errand follows the options of {@link Handles}. */
@QuarkusTest
class HandlerOptionsTest {

    @Inject
    Errand errand;

    @Inject
    Database database;

    @Inject
    Slow slow;

    @Inject
    Alone alone;

    @Inject
    Limited limited;

    @Inject
    First first;

    @Inject
    Emitting emitting;

    private String user;

    @BeforeEach
    void open() {
        user = errand.newUser();
    }

    /** Takes longer than its timeout, in Java or in the database. */
    @Handles(value = "test.slow", timeout = "300ms", retry = @Retry(attempts = 1, firstDelay = "10ms"))
    @Singleton
    static class Slow implements ActionHandler<Map<String, String>> {
        final AtomicInteger interrupts = new AtomicInteger();

        @Override
        public void handle(Action<Map<String, String>> action) throws Exception {
            if (action.payload().containsKey("sql")) {
                // By MySQL's protocol, a cancellation that arrives before its statement has no effect. Then the next
                // attempt is cancelled.
                Panache.getSession()
                        .createNativeQuery("SELECT SLEEP(5)", Object.class)
                        .getSingleResult();
            } else if (!new CountDownLatch(1).await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("not interrupted");
            }
        }
    }

    @Test
    void shouldInterruptAHandlerThatTakesLongerThanItsTimeoutAndCountAFailedAttempt() {
        var began = System.nanoTime();

        var inJava = errand.publish("test.slow", user, "{}").awaitDead();
        var inTheDatabase =
                errand.publish("test.slow", errand.newUser(), "{\"sql\":\"\"}").awaitDead();

        assertThat(inJava).contains("Slow took longer than its timeout of PT0.3S");
        assertThat(inTheDatabase).contains("Slow took longer than its timeout of PT0.3S");
        assertThat(database.number("SELECT JSON_LENGTH(history) FROM parked_action WHERE user_id = ?", user))
                .as("three attempts in memory, one of the schedule")
                .isEqualTo(4);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    /** Remembers the transaction in which each action ran. */
    @Handles(value = "test.alone", exclusive = true)
    @Singleton
    static class Alone implements ActionHandler<Map<String, String>> {
        final Map<String, Object> transactions = new ConcurrentHashMap<>();

        @Inject
        TransactionSynchronizationRegistry current;

        @Override
        public void handle(Action<Map<String, String>> action) {
            transactions.put(action.key().id(), current.getTransactionKey());
        }
    }

    @Test
    void shouldGiveEachActionOfALonerAUnitOfWorkOfItsOwnInOrder() {
        var mixed = IntStream.range(0, 30)
                .mapToObj(i -> errand.publish(
                        user + "-" + i, i % 3 == 0 ? "test.alone" : "a.b", i % 2 == 0 ? user : errand.newUser(), "{}"))
                .toList();

        mixed.forEach(Errand.Published::awaitDone);

        var own = alone.transactions.entrySet().stream()
                .filter(each -> each.getKey().startsWith(user))
                .map(Map.Entry::getValue)
                .toList();
        assertThat(own).hasSize(10).doesNotHaveDuplicates();
        assertThat(database.texts("SELECT id FROM user_action WHERE user_id = ? ORDER BY processed_at, seq", user))
                .isEqualTo(database.texts("SELECT id FROM user_action WHERE user_id = ? ORDER BY `offset`", user));
    }

    /** Remembers how many actions ran at the same time. */
    @Handles(value = "test.limited", concurrency = 2)
    @Singleton
    static class Limited implements ActionHandler<Map<String, String>> {
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final CountDownLatch go = new CountDownLatch(1);

        @Override
        public void handle(Action<Map<String, String>> action) throws Exception {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                if (!go.await(15, TimeUnit.SECONDS)) {
                    throw new AssertionError("the others never ran");
                }
            } finally {
                running.decrementAndGet();
            }
        }
    }

    @Test
    void shouldDoNoMoreAtOnceThanItsLimitAndHoldUpNobodyElse() {
        var many = IntStream.range(0, 8)
                .mapToObj(i -> errand.publish("test.limited", errand.newUser(), "{}"))
                .toList();
        await().atMost(SOON).until(() -> limited.running.get() == 2);

        // Two actions run and six wait for a permit. The two workers that are left go on.
        errand.publish("a.b", user, "{}").awaitDone();
        limited.go.countDown();

        many.forEach(Errand.Published::awaitDone);
        assertThat(limited.most).hasValue(2);
    }

    /** Runs as the first of two handlers, and prefetches. */
    @Handles(value = "test.both", order = 1)
    @Singleton
    static class First implements ActionHandler<Map<String, String>> {
        final List<String> did = new CopyOnWriteArrayList<>();

        @Override
        public void prefetch(List<Action<Map<String, String>>> actions) {
            actions.forEach(action -> did.add("load " + action.key().id()));
        }

        @Override
        public void handle(Action<Map<String, String>> action) {
            did.add("first " + action.key().id());
        }
    }

    /** Runs as the second handler, for all types with this beginning. */
    @Handles(value = "test.bo*", order = 2)
    @Singleton
    static class Second implements ActionHandler<Map<String, String>> {

        @Inject
        First first;

        @Override
        public void handle(Action<Map<String, String>> action) {
            first.did.add("second " + action.key().id());
        }
    }

    @Test
    void shouldRunSeveralHandlersOfATypeInTheirOrderAfterPrefetching() {
        errand.publish(user, "test.both", user, "{}").awaitDone();

        assertThat(first.did).containsExactly("load " + user, "first " + user, "second " + user);
    }

    /** Emits events and then fails, the first time or always. */
    @Handles("test.emitting")
    @Singleton
    static class Emitting implements ActionHandler<Map<String, String>> {
        final AtomicInteger runs = new AtomicInteger();

        @Inject
        Events events;

        @Override
        public void handle(Action<Map<String, String>> action) {
            events.emit("test.emitted", Map.of("n", runs.get()));
            events.emit("test.emitted", Map.of("n", -1));
            if (runs.getAndIncrement() == 0) {
                throw new IllegalStateException("on purpose");
            }
            if (action.payload().containsKey("never")) {
                throw new NonRetryableException("on purpose");
            }
        }
    }

    @Test
    void shouldEmitWhatACommittedRunEmittedAndNothingElse() {
        errand.publish("test.emitting", user, "{}").awaitDone();
        var other = errand.newUser();
        errand.publish("test.emitting", other, "{\"never\":\"\"}").awaitDead();
        var last = errand.newUser();
        errand.publish("test.emitting", last, "{}").awaitDone();
        errand.awaitEvent("test.emitted", last, Map.class);

        assertThat(errand.awaitEvents("test.emitted", user, 2)).containsExactly("{\"n\":1}", "{\"n\":-1}");
        assertThat(errand.awaitEvents("test.emitted", other, 0)).isEmpty();
        await().atMost(SOON).until(() -> database.number("SELECT COUNT(*) FROM outbox_event") == 0);
    }
}
