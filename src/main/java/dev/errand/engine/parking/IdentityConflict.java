package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import java.time.Instant;
import java.util.List;

/**
 * A record with the identity of an action that was taken before, and other contents: two publishers, most likely, that count
 * their ids without a source. It is no repeat, and it can't be done under an identity that is another action's.
 *
 * @param original what was published
 * @param action what it says
 * @param first where the action came from that has the identity
 * @param differences which fields differ, of user, type, time and payload, at least one
 */
public record IdentityConflict(
        RawRecord original, Action<String> action, RecordPosition first, List<String> differences) {

    /** For a person who has to put it right: without what the fields are, which is private. */
    Failure failure(Instant at) {
        return new Failure(
                at,
                true,
                Failure.CONFLICTING,
                "the action at " + action.position() + " has the same source \""
                        + action.key().source() + "\" and id \"" + action.key().id() + "\" as the action at " + first
                        + ", which was taken first, but another " + differencesInWords()
                        + ": let each publisher set a source of its own, then correct this one by giving it another"
                        + " source or id, or discard it",
                "");
    }

    /** Such as {@code type and payload}. */
    public String differencesInWords() {
        return String.join(" and ", differences);
    }
}
