package dev.errand.engine.query;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Says that a response has only the start of a value, or nothing of it if a part would not be valid JSON.
 *
 * @param value the field of the response
 * @param bytes the size of the whole value, of a text in UTF-8
 * @param href where the whole value can be downloaded
 */
public record Truncated(String value, long bytes, String href) {

    /** The most bytes of a value in a list. */
    public static final int IN_LIST = 4 << 10;

    /** The most bytes of a value on the page of a single action. */
    public static final int ON_PAGE = 64 << 10;

    /** The most bytes of a usually short value on the page of a single action; 2,000 characters always fit. */
    public static final int SHORT_ON_PAGE = 8 << 10;

    /** About how many characters a list may have; a list with large rows ends early. */
    public static final int LIST = 256 << 10;

    /** The start of a text with at most so many bytes in UTF-8, cut at a whole character; null if the text is null. */
    public static @Nullable String text(@Nullable String text, int bytes) {
        if (text == null || text.length() <= bytes / 3) {
            return text;
        }
        var input = CharBuffer.wrap(text);
        StandardCharsets.UTF_8.newEncoder().encode(input, ByteBuffer.allocate(bytes), true);
        return text.substring(0, input.position());
    }

    /**
     * Decodes UTF-8.
     *
     * @param whole false if the bytes are the start of a value, which may end within a character
     * @return null if there are no bytes, or they are not UTF-8
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
