package dev.errand.engine.record;

import dev.errand.action.RawRecord.Header;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes UTF-8 strictly: invalid bytes are refused, not replaced. Stateless and thread-safe. */
public final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** @param what the name of what is decoded, for the message */
    static String text(byte[] bytes, String what) throws InvalidRecordException {
        return text(bytes, 0, bytes.length, what);
    }

    static String text(byte[] bytes, int from, int to, String what) throws InvalidRecordException {
        var text = textOrNull(bytes, from, to);
        if (text == null) {
            throw new InvalidRecordException(what + " is not valid UTF-8");
        }
        return text;
    }

    /** @return null if the bytes are not UTF-8 */
    public static @Nullable String textOrNull(byte[] bytes) {
        return textOrNull(bytes, 0, bytes.length);
    }

    private static @Nullable String textOrNull(byte[] bytes, int from, int to) {
        // Much faster than a decoder; it puts the replacement character wherever bytes are invalid.
        var text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /**
     * The value of the header with this name, in upper or lower case.
     *
     * @return null if there is no such header, or it has no value
     * @throws InvalidRecordException if the header appears more than once, or is not UTF-8
     */
    static @Nullable String header(List<Header> headers, String name) throws InvalidRecordException {
        Header found = null;
        for (var header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                if (found != null) {
                    throw new InvalidRecordException("the header " + name + " appears more than once");
                }
                found = header;
            }
        }
        return found == null || found.value() == null ? null : text(found.value(), "the header " + name);
    }
}
