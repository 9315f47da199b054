package dev.errand.engine.dispatch;

/**
 * How full a dispatcher is.
 *
 * @param items admitted and not done
 * @param bytes their weight
 * @param users with items waiting or running
 * @param suspendedUsers whose items wait for a later attempt
 * @param batches handed out and not done
 * @param full whether somebody waits to admit another item
 */
public record DispatcherLoad(int items, long bytes, int users, int suspendedUsers, int batches, boolean full) {}
