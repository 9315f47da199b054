package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.RawRecord;
import dev.errand.engine.error.Failure;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An action that goes from memory into {@code parked_action}.
 *
 * @param original what was published
 * @param user whose it is, as far as that can be told
 * @param action what it says; null where it can't be read
 * @param failures its attempts so far, at least one
 * @param retryAfter until its first scheduled attempt; null where it is dead
 * @param blocking whether its user's later actions wait behind it
 * @param publish whether it is to be published to the dead-letter topic
 */
public record ParkedAction(
        RawRecord original,
        @Nullable String user,
        @Nullable Action<String> action,
        List<Failure> failures,
        @Nullable Duration retryAfter,
        boolean blocking,
        boolean publish) {}
