package dev.errand.engine.record;

import dev.errand.action.RawRecord.Header;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts from a record's bytes: what is not UTF-8 is refused, not patched. */
public final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** @param what the bytes are, for the message */
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

    /** @return null where they are not UTF-8 */
    public static @Nullable String textOrNull(byte[] bytes) {
        return textOrNull(bytes, 0, bytes.length);
    }

    private static @Nullable String textOrNull(byte[] bytes, int from, int to) {
        // Much faster than a decoder, and has this character wherever something is wrong.
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
     * The header of a name, whose case does not matter.
     *
     * @return null where there is none, or one without a value
     * @throws InvalidRecordException if there are several: which one is meant can't be told
     */
    static @Nullable String header(List<Header> headers, String name) throws InvalidRecordException {
        Header found = null;
        for (var header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                if (found != null) {
                    throw new InvalidRecordException("the header " + name + " is there more than once");
                }
                found = header;
            }
        }
        return found == null || found.value() == null ? null : text(found.value(), "the header " + name);
    }
}
