package dev.errand.engine.record;

import dev.errand.action.Action;

/** What reading a record came to. */
public sealed interface DecodedRecord {

    /**
     * It is an action.
     *
     * @param action with its payload as JSON text
     */
    record ReadableRecord(Action<String> action) implements DecodedRecord {}

    /**
     * It can't be read as an action, and never will.
     *
     * @param reason what is wrong and where, for a person
     */
    record UnreadableRecord(String reason) implements DecodedRecord {}
}
