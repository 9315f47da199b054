package dev.errand.failure;

import dev.errand.action.Action;

/**
 * A failed action whose next attempt one process has claimed, for a while.
 *
 * @param seq its row
 * @param action with the payload to take, edited or original
 * @param attempts how many of its scheduled attempts have failed
 * @param edits how often it was put back on its schedule by hand: an attempt of before says nothing any more
 * @param claims how often an attempt was begun before without coming to any end
 * @param blocking whether its user's later actions wait behind it
 * @param edited whether its payload is an edited one
 */
public record Due(
        long seq, Action<String> action, int attempts, int edits, int claims, boolean blocking, boolean edited) {}
