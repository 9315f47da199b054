package dev.errand.engine.parking;

import java.util.Set;

/** Where a failed action is in its life; {@code src/docs/failed-actions.md} draws it. */
public enum ParkedState {
    /** It will be tried again when its time comes. It blocks its user's line, or its user has none. */
    RETRYING,
    /** It has not been tried: an earlier action of its user blocks the line. */
    WAITING,
    /** No more attempts are made until somebody puts it right. */
    DEAD,
    /** An attempt succeeded: its effects and its ledger row are committed. */
    RESOLVED,
    /** Somebody decided that it is never to be done. */
    DISCARDED;

    /** What it may become next, in one transaction. */
    public Set<ParkedState> next() {
        return switch (this) {
            case RETRYING -> Set.of(RETRYING, RESOLVED, DEAD, DISCARDED);
            case WAITING -> Set.of(RETRYING, DISCARDED);
            case DEAD -> Set.of(RETRYING, WAITING, DISCARDED);
            case RESOLVED, DISCARDED -> Set.of();
        };
    }
}
