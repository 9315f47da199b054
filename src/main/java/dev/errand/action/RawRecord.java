package dev.errand.action;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka record as it was published, byte for byte. Its arrays are shared and never changed.
 *
 * @param position where it is
 * @param timestamp of the record, in milliseconds since 1970
 * @param key null where it has none
 * @param value null for a tombstone
 * @param headers in their order, empty for most
 */
@SuppressWarnings("ArrayRecordComponent") // identity is never asked for
public record RawRecord(
        RecordPosition position, long timestamp, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {

    /** How many bytes it has in key, value and headers. */
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

    /** @param value null where it has none */
    @SuppressWarnings("ArrayRecordComponent")
    public record Header(String name, byte @Nullable [] value) {

        /** How many bytes it has in name and value. */
        public long size() {
            return name.length() + length(value);
        }
    }
}
