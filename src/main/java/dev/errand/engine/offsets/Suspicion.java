package dev.errand.engine.offsets;

/**
 * Which records of a partition may have killed its last owner, if it ended without giving the partition back: those that it may
 * have had in memory. See ADR 15. Guarded by the lock of its {@link PartitionOffsets}.
 */
final class Suspicion {

    private boolean afterUncleanEnd;

    /** The end of the log when this owner started: the last owner can't have had records from here on. */
    private long before = Long.MAX_VALUE;

    /** How many more actions have to be done for the first time until they include all that the last owner had in memory. */
    private int toBeDone = Integer.MAX_VALUE;

    /** Whether units of work with the partition's records go on although it is given up. */
    private boolean leftUnended;

    void begin(boolean uncleanEnd) {
        afterUncleanEnd = uncleanEnd;
    }

    /**
     * Limits the suspects.
     *
     * @param logEnd the end of the partition's log now
     * @param actions how many actions the last owner may have had in memory
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
