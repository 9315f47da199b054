package dev.errand.engine.query;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stored value that somebody wants as a whole. */
public sealed interface Download {

    /** There is no such row, or it has no such value. */
    record Missing() implements Download {}

    /** The action's type is masked: nobody gets it. */
    record Masked() implements Download {}

    /**
     * It is there. Immutable and thread-safe.
     *
     * @param bytes its size
     */
    record Found(long bytes, Source source) implements Download {

        /**
         * Writes it, in chunks of which each is a query of its own: whoever reads slowly holds no connection.
         *
         * @throws IOException also when the database can't be asked, or the value was changed meanwhile: what was written then is
         *     not all
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
                    throw new IOException("The value was changed while it was read: ask for it again");
                }
                return chunk;
            } catch (SQLException e) {
                throw new IOException("The database can't be asked for the rest of the value", e);
            }
        }
    }

    /** Reads parts of a value. */
    @FunctionalInterface
    interface Source {
        /**
         * @param bytes the size of the whole value, as it was found
         * @return some of what begins there; null when the value has another size by now
         */
        byte @Nullable [] read(long from, long bytes) throws SQLException;
    }

    /** The bytes of a column that has text or JSON, as SQL. */
    static String utf8(String column) {
        return "CAST(CONVERT(" + column + " USING utf8mb4) AS BINARY)";
    }

    /**
     * Looks for a value.
     *
     * @param bytes an expression of it as a binary string
     * @param rest of the query: which tables, and which one row
     * @param values by the names of its parameters
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
        // What a request keeps in memory, however large the value is.
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

    /** A part of a value; null where the value has changed. */
    @SuppressWarnings("ArrayRecordComponent") // identity is never asked for
    record Chunk(byte @Nullable [] bytes) {}
}
