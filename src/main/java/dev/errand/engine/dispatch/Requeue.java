package dev.errand.engine.dispatch;

import java.time.Duration;
import java.util.List;

/**
 * Items of one user that go back to the head of the user's lane, for a later attempt.
 *
 * @param items in order, at least one
 * @param after how long the user's items wait, not negative
 * @param <T> the type of the items
 */
public record Requeue<T>(List<T> items, Duration after) {}
