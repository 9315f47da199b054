package dev.errand.engine.query;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stored value that is downloaded as a whole. */
public sealed interface Download {

    /** There is no such row, or it has no such value. */
    record Missing() implements Download {}

    /** The action's type is masked, so its values can't be downloaded. */
    record Masked() implements Download {}

    /**
     * The value exists. Immutable and thread-safe.
     *
     * @param bytes the size of the value
     * @param source reads the value in parts
     */
    record Found(long bytes, Source source) implements Download {

        /**
         * Writes the value in chunks. Each is a query of its own, so that a slow client holds no database connection.
         *
         * @throws IOException if the client can't be written to, the database can't be read, or the value has changed meanwhile;
         *     what was written up to then is incomplete
         */
        public void writeTo(OutputStream out) throws IOException {
            long written = 0;
            while (written < bytes) {
                var chunk = next(written);
                out.write(chunk);
                written += chunk.length;
            }
        }

        private byte[] next(long from) throws IOException {
            try {
                var chunk = source.read(from, bytes);
                if (chunk == null || chunk.length == 0) {
                    throw new IOException("The value was changed while it was read: download it again");
                }
                return chunk;
            } catch (SQLException e) {
                throw new IOException("The rest of the value can't be read from the database", e);
            }
        }
    }

    /** Reads parts of a value. */
    @FunctionalInterface
    interface Source {
        /**
         * Reads a part of a value.
         *
         * @param from the index of the first byte
         * @param bytes the expected size of the whole value
         * @return some of the bytes from there on; null if the value has another size by now
         */
        byte @Nullable [] read(long from, long bytes) throws SQLException;
    }

    /** The SQL expression for the bytes of a column that has text or JSON. */
    static String utf8(String column) {
        return "CAST(CONVERT(" + column + " USING utf8mb4) AS BINARY)";
    }

    /**
     * Looks for a value.
     *
     * @param bytes the SQL expression of the value as a binary string
     * @param rest the rest of the query, from {@code FROM} on; it selects one row
     * @param values the values of its parameters, by name
     */
    static Download of(Queries queries, String bytes, String rest, Map<String, ?> values) throws SQLException {
        var size = queries.first(
                "SELECT COALESCE(LENGTH(" + bytes + "), -1) AS size " + rest, values, row -> row.getLong("size"));
        if (size.isEmpty() || size.get() < 0) {
            return new Missing();
        }
        return new Found(size.get(), (from, whole) -> chunk(queries, bytes, rest, values, from, whole));
    }

    private static byte @Nullable [] chunk(
            Queries queries, String bytes, String rest, Map<String, ?> values, long from, long whole)
            throws SQLException {
        // This is all that a request keeps in memory, however large the value is.
        int length = 256 << 10;
        Map<String, Object> all = new HashMap<>(values);
        all.putAll(Map.of("whole", whole, "first", from + 1, "length", length));
        var chunks = queries.list(
                "SELECT IF(LENGTH(" + bytes + ") = :whole, SUBSTRING(" + bytes + ", :first, :length), NULL) AS chunk "
                        + rest,
                all,
                row -> new Chunk(row.getBytes("chunk")));
        return chunks.isEmpty() ? null : chunks.get(0).bytes;
    }

    /** A part of a value; null if the value has changed. */
    @SuppressWarnings("ArrayRecordComponent") // instances are never compared
    record Chunk(byte @Nullable [] bytes) {}
}
