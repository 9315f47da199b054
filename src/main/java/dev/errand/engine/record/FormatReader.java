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

    /** Whose record it is, its key apart; null where it doesn't say. */
    default @Nullable String user(RawRecord record) throws InvalidRecordException {
        return read(record).user;
    }
}
