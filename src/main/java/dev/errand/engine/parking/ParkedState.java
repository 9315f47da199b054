package dev.errand.engine.parking;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

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

    /**
     * All changes of state that there are. A statement that changes {@code state} binds the two sides of one of them:
     * {@code SET state = :to … WHERE … AND state IN (:from)}. So none can make another, and a row that has changed meanwhile stays
     * as it is.
     */
    public enum Transition {
        /** It is put on its schedule by hand, and its turn is now. */
        RETRY(RETRYING, RETRYING, DEAD),
        /** It is put on its schedule by hand, behind an earlier one of its user. */
        QUEUE(WAITING, DEAD),
        /** Its turn has come. */
        ADVANCE(RETRYING, WAITING),
        /** An attempt succeeded. */
        RESOLVE(RESOLVED, RETRYING),
        /** Its last attempt failed. */
        DIE(DEAD, RETRYING),
        /** Somebody decided that it is never to be done. */
        DISCARD(DISCARDED, RETRYING, WAITING, DEAD);

        private final ParkedState to;

        @SuppressWarnings("ImmutableEnumChecker") // Set.of makes none that can be changed
        private final Set<ParkedState> from;

        Transition(ParkedState to, ParkedState... from) {
            this.to = to;
            this.from = Set.of(from);
        }

        /** What an action becomes. */
        public ParkedState to() {
            return to;
        }

        /** What it has to be before. */
        public Set<ParkedState> from() {
            return from;
        }
    }

    /** What it may become next, in one transaction. */
    public Set<ParkedState> next() {
        return Arrays.stream(Transition.values())
                .filter(each -> each.from.contains(this))
                .map(each -> each.to)
                .collect(Collectors.toUnmodifiableSet());
    }
}
