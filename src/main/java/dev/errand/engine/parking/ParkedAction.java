package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.RawRecord;
import dev.errand.engine.error.Failure;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failed action or an unreadable record that is to be written into {@code parked_action}.
 *
 * @param original the record as it was published
 * @param user the user's id; null if that is not known
 * @param action the action; null if the record can't be read
 * @param failures the failures so far, at least one
 * @param retryAfter the delay until the first scheduled attempt; null if the action is dead
 * @param blocking whether the user's later actions wait behind it
 * @param publish whether to publish it to the dead-letter topic
 */
public record ParkedAction(
        RawRecord original,
        @Nullable String user,
        @Nullable Action<String> action,
        List<Failure> failures,
        @Nullable Duration retryAfter,
        boolean blocking,
        boolean publish) {}
