package dev.errand.engine.dispatch;

/**
 * The limits on admitted items that are not done yet; when one is reached, {@link Dispatcher#admit} asks its caller to wait.
 *
 * @param items how many items, at least 1
 * @param bytes how many bytes by {@link ItemTraits#bytes}, at least 1
 * @param itemsOfUser how many items of one user, at least 1, so that one user can't take up the whole dispatcher
 */
public record AdmissionLimits(int items, long bytes, int itemsOfUser) {

    public AdmissionLimits {
        if (items < 1 || bytes < 1 || itemsOfUser < 1) {
            throw new IllegalArgumentException("A limit of " + items + " items, " + bytes + " bytes and " + itemsOfUser
                    + " items of a user admits none");
        }
    }
}
