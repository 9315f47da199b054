package dev.errand.engine.dispatch;

/**
 * How full a dispatcher is.
 *
 * @param items how many items are admitted and not done
 * @param bytes their memory, by {@link ItemTraits#bytes}
 * @param users how many users have items waiting or running
 * @param suspendedUsers how many users' items wait for a later attempt
 * @param batches how many batches are handed out and not done
 * @param full whether a caller waits to admit another item
 */
public record DispatcherLoad(int items, long bytes, int users, int suspendedUsers, int batches, boolean full) {}
