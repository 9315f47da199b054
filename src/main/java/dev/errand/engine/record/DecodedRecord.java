package dev.errand.engine.record;

import dev.errand.action.Action;

/** The result of reading a record. */
public sealed interface DecodedRecord {

    /** The user id; the empty string if the record has no readable one. */
    String user();

    /**
     * The record is an action.
     *
     * @param action the action; its payload is the JSON text as published
     */
    record ReadableRecord(Action<String> action) implements DecodedRecord {
        @Override
        public String user() {
            return action.userId();
        }
    }

    /**
     * The record can't be read as an action; reading it again gives the same result.
     *
     * @param reason what is wrong and where, in words for the publisher
     * @param user the user id from the record's key or else from its contents; the empty string if neither has a readable one
     */
    record UnreadableRecord(String reason, String user) implements DecodedRecord {}
}
