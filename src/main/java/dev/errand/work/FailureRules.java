package dev.errand.work;

import dev.errand.failure.DeadLetterConfig;
import dev.errand.failure.DeadLetterConfig.Order;
import dev.errand.failure.Failure;
import dev.errand.failure.Parked;
import dev.errand.failure.RetryConfig;
import dev.errand.failure.RetryPolicy;
import io.quarkus.runtime.configuration.DurationConverter;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What becomes of actions that fail, by their types. Immutable and thread-safe. */
@Singleton
public final class FailureRules {

    private static final int LONGEST_USER = 64;

    private final RetryConfig retry;
    private final DeadLetterConfig deadLetter;
    private final RetryPolicy general;
    private final Map<String, RetryPolicy> byType = new HashMap<>();

    /** @throws IllegalStateException if a type's values contradict each other */
    @Inject
    FailureRules(RetryConfig retry, DeadLetterConfig deadLetter, Handlers handlers) {
        this.retry = retry;
        this.deadLetter = deadLetter;
        this.general = policy(
                "errand.retry",
                () -> new RetryPolicy(
                        retry.attempts(), retry.firstDelay(), retry.multiplier(), retry.maxDelay(), retry.jitter()));
        var types = new HashSet<>(retry.types().keySet());
        types.addAll(handlers.retries().keySet());
        for (var type : types) {
            byType.put(type, policy("errand.retry.types.\"" + type + "\"", () -> ofType(type, handlers)));
        }
    }

    private RetryPolicy ofType(String type, Handlers handlers) {
        var policy = general;
        var declared = handlers.retries().get(type);
        if (declared != null) {
            policy = new RetryPolicy(
                    declared.attempts() > 0 ? declared.attempts() : policy.attempts(),
                    declared.firstDelay().isEmpty() ? policy.firstDelay() : duration(declared.firstDelay()),
                    declared.multiplier() > 0 ? declared.multiplier() : policy.multiplier(),
                    declared.maxDelay().isEmpty() ? policy.maxDelay() : duration(declared.maxDelay()),
                    policy.jitter());
        }
        var configured = retry.types().get(type);
        return configured == null
                ? policy
                : new RetryPolicy(
                        configured.attempts().orElse(policy.attempts()),
                        configured.firstDelay().orElse(policy.firstDelay()),
                        configured.multiplier().orElse(policy.multiplier()),
                        configured.maxDelay().orElse(policy.maxDelay()),
                        configured.jitter().orElse(policy.jitter()));
    }

    private static Duration duration(String text) {
        return DurationConverter.parseDuration(text);
    }

    private static RetryPolicy policy(String where, Supplier<RetryPolicy> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(where + ": " + e.getMessage(), e);
        }
    }

    /** Whether a delivery's attempts in memory are used up. */
    boolean isToBeParked(Delivery delivery) {
        var failures = delivery.failures();
        return failures.size() >= retry.attemptsInMemory()
                || failures.get(failures.size() - 1).permanent();
    }

    /** A delivery as it goes into the table of failed actions. */
    Parked parked(Delivery delivery) {
        var failures = delivery.failures();
        var last = failures.get(failures.size() - 1);
        if (!(delivery.decoded() instanceof Decoded.Legible legible)) {
            var user = userOf(delivery);
            return new Parked(
                    delivery.original(),
                    user,
                    null,
                    failures,
                    null,
                    user != null && unreadableBlocks(),
                    publishesDead());
        }
        var action = legible.action();
        var retryAfter = last.permanent() ? null : delay(action.type(), 0);
        return new Parked(
                delivery.original(),
                action.userId(),
                action,
                failures,
                retryAfter,
                retryAfter != null || deadBlocks(action.type()),
                retryAfter == null && publishesDead());
    }

    private static @Nullable String userOf(Delivery delivery) {
        var user = delivery.user();
        return user.isEmpty() || user.codePointCount(0, user.length()) > LONGEST_USER ? null : user;
    }

    /** Whether a user's later actions wait behind a record that can't be read. */
    boolean unreadableBlocks() {
        return deadLetter.unreadable() == Order.BLOCK;
    }

    /** Whether a user's later actions wait behind a dead action. */
    boolean deadBlocks(String type) {
        return deadLetter.orderOf().getOrDefault(type, deadLetter.order()) == Order.BLOCK;
    }

    boolean isDead(Failure failure, String type, int failedAttempts) {
        return failure.permanent() || policy(type).isExhaustedBy(failedAttempts);
    }

    /** Until the next scheduled attempt. */
    Duration delay(String type, int failedAttempts) {
        return policy(type).delay(failedAttempts, ThreadLocalRandom.current());
    }

    /** Whether dead actions are published to Kafka too. */
    boolean publishesDead() {
        return deadLetter.topic().isPresent();
    }

    private RetryPolicy policy(String type) {
        return byType.getOrDefault(type, general);
    }
}
