package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.RawRecord;

/**
 * A record and the action that was read from it.
 *
 * @param original the record as it was published
 * @param action the action
 */
public record PublishedAction(RawRecord original, Action<String> action) {}
