package dev.errand.engine.record;

import dev.errand.action.RawRecord;
import org.jspecify.annotations.Nullable;

/** Reads records of one {@link RecordFormat}. Immutable and thread-safe. */
interface FormatReader {

    /**
     * Reads the fields of a record, without checking them.
     *
     * @throws InvalidRecordException if the record is not of this format
     */
    Envelope read(RawRecord record) throws InvalidRecordException;

    /**
     * The user id in the contents of a record that {@link #read} refuses.
     *
     * @return null if there is none, or none that can be read without the rest
     * @throws InvalidRecordException if the user id itself can't be read
     */
    default @Nullable String userOfRefused(RawRecord record) throws InvalidRecordException {
        return null;
    }
}
