package dev.errand.work;

import dev.errand.action.Action;
import org.jspecify.annotations.Nullable;

/**
 * An action that was read, bound and checked.
 *
 * @param position of its delivery in the batch, from 0
 * @param delivery what it was read from
 * @param action with its payload as JSON text
 * @param run what its handler does; null where its type has none
 */
record Prepared(int position, Delivery delivery, Action<String> action, Handlers.@Nullable Run run) {}
