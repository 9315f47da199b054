package dev.errand.action;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka record as it was published, byte for byte. Its arrays are shared and must not be changed.
 *
 * @param position where in Kafka the record is
 * @param timestamp the record's timestamp in milliseconds since 1970; negative if it has none
 * @param key null if the record has none
 * @param value null for a tombstone
 * @param headers in the record's order; empty for most records
 */
@SuppressWarnings("ArrayRecordComponent") // nothing compares the contents of two records by equals
public record RawRecord(
        RecordPosition position, long timestamp, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {

    /** Returns the bytes of key, value and headers together. */
    public long size() {
        long size = length(key) + length(value);
        for (var header : headers) {
            size += header.size();
        }
        return size;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** @param value null if the header has none */
    @SuppressWarnings("ArrayRecordComponent")
    public record Header(String name, byte @Nullable [] value) {

        /** Returns the bytes of name and value together; each character of the name counts as one byte. */
        public long size() {
            return name.length() + length(value);
        }
    }
}
