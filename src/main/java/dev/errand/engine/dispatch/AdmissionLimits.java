package dev.errand.engine.dispatch;

/**
 * How much may be admitted and not yet done before {@link Dispatcher#admit} asks its caller to wait.
 *
 * @param items how many items
 * @param bytes how many bytes, as {@link ItemTraits#bytes} weighs them
 * @param itemsOfUser how many items of one user, so that no user can fill it alone
 */
public record AdmissionLimits(int items, long bytes, int itemsOfUser) {

    public AdmissionLimits {
        if (items < 1 || bytes < 1 || itemsOfUser < 1) {
            throw new IllegalArgumentException("A bound of " + items + " items, " + bytes + " bytes and " + itemsOfUser
                    + " items of a user admits none");
        }
    }
}
