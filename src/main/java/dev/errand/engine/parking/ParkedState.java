package dev.errand.engine.parking;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** The states of a parked action; {@code src/docs/failed-actions.md} has the state diagram. */
public enum ParkedState {
    /** It is tried when its {@code next_attempt_at} comes. */
    RETRYING,
    /** It is not tried yet, because an earlier parked action blocks its user. */
    WAITING,
    /** No more attempts are made unless an operator retries or corrects it. */
    DEAD,
    /** An attempt succeeded: the action's effects and its ledger row are committed. */
    RESOLVED,
    /** An operator decided that it is never done. */
    DISCARDED;

    /**
     * All legal changes of state. A statement that changes {@code state} binds both sides of one transition:
     * {@code SET state = :to … WHERE … AND state IN (:from)}. So no statement can make an illegal change, and a row whose state has
     * changed in the meantime stays as it is.
     */
    public enum Transition {
        /** An operator retries it, and no other action blocks its user. */
        RETRY(RETRYING, RETRYING, DEAD),
        /** An operator retries it, and another parked action blocks its user. */
        QUEUE(WAITING, DEAD),
        /** It has become the first of its user's parked actions. */
        ADVANCE(RETRYING, WAITING),
        /** An attempt succeeded. */
        RESOLVE(RESOLVED, RETRYING),
        /** Its last attempt failed. */
        DIE(DEAD, RETRYING),
        /** An operator decided that it is never done. */
        DISCARD(DISCARDED, RETRYING, WAITING, DEAD);

        private final ParkedState to;

        @SuppressWarnings("ImmutableEnumChecker") // Set.of returns an unmodifiable set
        private final Set<ParkedState> from;

        Transition(ParkedState to, ParkedState... from) {
            this.to = to;
            this.from = Set.of(from);
        }

        /** Returns the state after the transition. */
        public ParkedState to() {
            return to;
        }

        /** Returns the states in which an action can make the transition. */
        public Set<ParkedState> from() {
            return from;
        }
    }

    /** Returns the states that one transition leads to from this one. */
    public Set<ParkedState> next() {
        return Arrays.stream(Transition.values())
                .filter(each -> each.from.contains(this))
                .map(each -> each.to)
                .collect(Collectors.toUnmodifiableSet());
    }
}
