package dev.errand.engine.offsets;

/**
 * Which records of a partition its last owner may have died of, if it ended without giving the partition back: those that it can have
 * had in memory. See ADR 15. Under the lock of its {@link PartitionOffsets}.
 */
final class Suspicion {

    private boolean afterUncleanEnd;

    /** No record from there on can have been with the last owner. */
    private long before = Long.MAX_VALUE;

    /** Actions to be done for the first time until all that the last owner had in memory has been among them. */
    private int toBeDone = Integer.MAX_VALUE;

    /** Units of work go on with the partition's records although it leaves. */
    private boolean leftUnended;

    void begin(boolean uncleanEnd) {
        afterUncleanEnd = uncleanEnd;
    }

    /**
     * @param logEnd the end of the partition's log now
     * @param actions how many the last owner may have had in memory
     */
    void limit(long logEnd, int actions) {
        before = logEnd;
        toBeDone = actions;
    }

    void newlyDone() {
        toBeDone--;
    }

    void leaveUnended() {
        leftUnended = true;
    }

    boolean isLeftUnended() {
        return leftUnended;
    }

    boolean covers(long offset) {
        return afterUncleanEnd && offset < before && toBeDone > 0;
    }
}
