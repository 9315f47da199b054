package dev.errand.engine.dispatch;

import java.time.Duration;
import java.util.List;

/**
 * Items of one user that go back to the head of their line, for a later attempt.
 *
 * @param items in order, at least one
 * @param after how long the user's line waits, not negative
 * @param <T> what they are
 */
public record Requeue<T>(List<T> items, Duration after) {}
