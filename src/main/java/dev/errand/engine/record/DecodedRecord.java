package dev.errand.engine.record;

import dev.errand.action.Action;

/** What reading a record came to. */
public sealed interface DecodedRecord {

    /** The id of the user whose record it is; empty where the record does not tell. */
    String user();

    /**
     * It is an action.
     *
     * @param action with its payload as JSON text
     */
    record ReadableRecord(Action<String> action) implements DecodedRecord {
        @Override
        public String user() {
            return action.userId();
        }
    }

    /**
     * It can't be read as an action, and never will.
     *
     * @param reason what is wrong and where, for a person
     * @param user by its key or else by what it says; empty where neither tells
     */
    record UnreadableRecord(String reason, String user) implements DecodedRecord {}
}
