package dev.errand.engine.retry;

import dev.errand.engine.error.Failure;
import dev.errand.engine.handlers.HandlerRegistry;
import dev.errand.engine.parking.ParkedAction;
import dev.errand.engine.record.DecodedRecord;
import dev.errand.engine.record.InFlightRecord;
import dev.errand.engine.retry.DeadLetterConfig.OnDead;
import dev.errand.handler.Retry;
import io.quarkus.runtime.configuration.DurationConverter;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides by type what happens to actions that fail. Immutable and thread-safe. */
@Singleton
public final class FailurePolicy {

    private static final int LONGEST_USER = 64;

    private final RetryConfig retry;
    private final DeadLetterConfig deadLetter;
    private final RetryPolicy general;
    private final HandlerRegistry handlers;
    private final Duration longestRetries;

    /** @throws IllegalStateException if a type's values contradict each other */
    @Inject
    public FailurePolicy(RetryConfig retry, DeadLetterConfig deadLetter, HandlerRegistry handlers) {
        this.retry = retry;
        this.deadLetter = deadLetter;
        this.handlers = handlers;
        this.general = checked(
                "errand.retry",
                () -> new RetryPolicy(
                        retry.attempts(), retry.firstDelay(), retry.multiplier(), retry.maxDelay(), retry.jitter()));
        List<RetryPolicy> policies = new ArrayList<>(List.of(general));
        handlers.retries().forEach(declared -> policies.add(checked("@Retry", () -> with(declared, general))));
        retry.types()
                .forEach((type, configured) -> policies.add(
                        checked("errand.retry.types.\"" + type + "\"", () -> with(configured, declared(type)))));
        this.longestRetries = policies.stream()
                .map(RetryPolicy::longest)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Returns how long after its first failure an action of any type may still be tried on schedule. */
    public Duration longestRetries() {
        return longestRetries;
    }

    private RetryPolicy policy(String type) {
        var configured = retry.types().get(type);
        return configured == null ? declared(type) : with(configured, declared(type));
    }

    private RetryPolicy declared(String type) {
        return handlers.retry(type).map(declared -> with(declared, general)).orElse(general);
    }

    private static RetryPolicy with(Retry declared, RetryPolicy policy) {
        var first = declared.firstDelay().isEmpty() ? policy.firstDelay() : duration(declared.firstDelay());
        return new RetryPolicy(
                declared.attempts() > 0 ? declared.attempts() : policy.attempts(),
                first,
                declared.multiplier() > 0 ? declared.multiplier() : policy.multiplier(),
                declared.maxDelay().isEmpty() ? atLeast(first, policy.maxDelay()) : duration(declared.maxDelay()),
                policy.jitter());
    }

    private static RetryPolicy with(RetryConfig.OfType configured, RetryPolicy policy) {
        var first = configured.firstDelay().orElse(policy.firstDelay());
        return new RetryPolicy(
                configured.attempts().orElse(policy.attempts()),
                first,
                configured.multiplier().orElse(policy.multiplier()),
                configured.maxDelay().orElse(atLeast(first, policy.maxDelay())),
                configured.jitter().orElse(policy.jitter()));
    }

    /** A first delay that is longer than an inherited longest delay raises the longest delay. */
    private static Duration atLeast(Duration first, Duration max) {
        return first.compareTo(max) > 0 ? first : max;
    }

    private static Duration duration(String text) {
        return DurationConverter.parseDuration(text);
    }

    private static RetryPolicy checked(String where, Supplier<RetryPolicy> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(where + ": " + e.getMessage(), e);
        }
    }

    /** Returns whether a failed record has used up its attempts in memory. */
    public boolean isToBeParked(InFlightRecord record) {
        var failures = record.failures();
        return failures.size() >= retry.attemptsInMemory()
                || failures.get(failures.size() - 1).permanent();
    }

    /** Returns a failed record as it is to be parked. */
    public ParkedAction parked(InFlightRecord record) {
        var failures = record.failures();
        var last = failures.get(failures.size() - 1);
        if (!(record.decoded() instanceof DecodedRecord.ReadableRecord readable)) {
            var user = userOf(record);
            return new ParkedAction(
                    record.original(), user, null, failures, null, user != null && unreadableBlocks(), publishesDead());
        }
        var action = readable.action();
        var retryAfter = last.permanent() ? null : delay(action.type(), 0);
        return new ParkedAction(
                record.original(),
                action.userId(),
                action,
                failures,
                retryAfter,
                retryAfter != null || deadBlocks(action.type()),
                retryAfter == null && publishesDead());
    }

    private static @Nullable String userOf(InFlightRecord record) {
        var user = record.user();
        return user.isEmpty() || user.codePointCount(0, user.length()) > LONGEST_USER ? null : user;
    }

    /** Returns whether an unreadable record blocks its user. */
    public boolean unreadableBlocks() {
        return deadLetter.unreadable() == OnDead.BLOCK;
    }

    /** Returns whether a dead action of this type blocks its user. */
    public boolean deadBlocks(String type) {
        return deadLetter.onDeadOf().getOrDefault(type, deadLetter.onDead()) == OnDead.BLOCK;
    }

    /** @param failedAttempts how many scheduled attempts have failed, including this failure */
    public boolean isDead(Failure failure, String type, int failedAttempts) {
        return failure.permanent() || policy(type).isExhaustedBy(failedAttempts);
    }

    /**
     * Returns the delay until the next scheduled attempt, with jitter.
     *
     * @param failedAttempts how many scheduled attempts have failed, 0 before the first one
     */
    public Duration delay(String type, int failedAttempts) {
        return policy(type).delay(failedAttempts, ThreadLocalRandom.current());
    }

    /** Returns whether dead actions are published to Kafka too. */
    public boolean publishesDead() {
        return deadLetter.topic().isPresent();
    }
}
