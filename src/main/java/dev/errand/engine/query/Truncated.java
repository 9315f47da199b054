package dev.errand.engine.query;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Tells that an answer has the beginning of a value only, or nothing of it where half of it would be no JSON.
 *
 * @param value the field of the answer
 * @param bytes the size of the whole value, in UTF-8 where it is text
 * @param href where the whole value can be downloaded
 */
public record Truncated(String value, long bytes, String href) {

    /** Bytes of a value in a list, at most. */
    public static final int IN_LIST = 4 << 10;

    /** Bytes of a value on a page of its own, at most. */
    public static final int ON_PAGE = 64 << 10;

    /** Bytes of what is short as a rule, on a page of its own: 2,000 characters of any kind are less. */
    public static final int SHORT_ON_PAGE = 8 << 10;

    /** Characters of a list, about: one with larger rows ends early. */
    public static final int LIST = 256 << 10;

    /** The beginning of a text that has at most so many bytes in UTF-8, with no half character at its end. */
    public static @Nullable String text(@Nullable String text, int bytes) {
        if (text == null || text.length() <= bytes / 3) {
            return text;
        }
        var input = CharBuffer.wrap(text);
        StandardCharsets.UTF_8.newEncoder().encode(input, ByteBuffer.allocate(bytes), true);
        return text.substring(0, input.position());
    }

    /**
     * Bytes as text.
     *
     * @param whole false where they are the beginning of a value, which may end within a character
     * @return null where they are no UTF-8
     */
    public static @Nullable String utf8(byte @Nullable [] bytes, boolean whole) {
        if (bytes == null) {
            return null;
        }
        var text = CharBuffer.allocate(bytes.length);
        var result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, whole);
        return result == CoderResult.UNDERFLOW ? text.flip().toString() : null;
    }
}
