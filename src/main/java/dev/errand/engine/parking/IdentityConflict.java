package dev.errand.engine.parking;

import dev.errand.action.Action;
import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import java.time.Instant;
import java.util.List;

/**
 * A record that has the identity of an action taken before, but other contents. Most likely two publishers number their actions
 * and set no source. The record is no repeat, and it can't be done under another action's identity.
 *
 * @param original the record as it was published
 * @param action the action that was read from it
 * @param first the position of the action that has the identity
 * @param differences the names of the fields that differ, of user, type, time and payload; at least one
 */
public record IdentityConflict(
        RawRecord original, Action<String> action, RecordPosition first, List<String> differences) {

    /** Returns the failure to park the record with. Its message leaves out the values of the fields, which are private. */
    Failure failure(Instant at) {
        return new Failure(
                at,
                true,
                Failure.CONFLICTING,
                "the action at " + action.position() + " has the same source \""
                        + action.key().source() + "\" and id \"" + action.key().id() + "\" as the action at " + first
                        + ", which was taken first, but another " + differencesInWords()
                        + ": let each publisher set a source of its own, then correct this action by giving it another"
                        + " source or id, or discard it",
                "");
    }

    /** Returns the differences as text, such as {@code type and payload}. */
    public String differencesInWords() {
        return String.join(" and ", differences);
    }
}
