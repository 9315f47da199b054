package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.RawRecord;

/**
 * A record and the action that it says.
 *
 * @param original what was published
 * @param action what it says
 */
public record PublishedAction(RawRecord original, Action<String> action) {}
