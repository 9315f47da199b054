package dev.errand.engine.record;

import dev.errand.action.Action;

/** The result of reading a record. */
public sealed interface DecodedRecord {

    /**
     * The record is an action.
     *
     * @param action the action; its payload is the JSON text as published
     */
    record ReadableRecord(Action<String> action) implements DecodedRecord {}

    /**
     * The record can't be read as an action; reading it again gives the same result.
     *
     * @param reason what is wrong and where, in words for the publisher
     */
    record UnreadableRecord(String reason) implements DecodedRecord {}
}
