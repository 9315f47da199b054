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

    /** The user id in the record's contents, whatever its key is; null if there is none. */
    default @Nullable String user(RawRecord record) throws InvalidRecordException {
        return read(record).user;
    }
}
