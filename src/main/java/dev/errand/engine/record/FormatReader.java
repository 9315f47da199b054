package dev.errand.engine.record;

import dev.errand.action.RawRecord;
import org.jspecify.annotations.Nullable;

/** Reads records of one {@link RecordFormat}. Immutable and thread-safe. */
interface FormatReader {

    /**
     * Reads what a record says.
     *
     * @throws InvalidRecordException if it is not of this form
     */
    Envelope read(RawRecord record) throws InvalidRecordException;

    /**
     * The user that a record names although {@link #read} refuses it.
     *
     * @return null where that can't be told
     * @throws InvalidRecordException if what should be the user can't be read either
     */
    default @Nullable String userOfRefused(RawRecord record) throws InvalidRecordException {
        return null;
    }
}
