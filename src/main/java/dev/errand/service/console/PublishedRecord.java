package dev.errand.service.console;

import dev.errand.action.RawRecord;
import dev.errand.engine.parking.StoredHeaders;
import dev.errand.engine.parking.view.ParkedActionView.Detail;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A failed action's record, as its page shows it.
 *
 * @param headers in their order; empty also if they are masked or too large
 */
record PublishedRecord(Part key, Part value, List<Header> headers) {

    /** Headers that a page shows, at most. */
    private static final int MOST_HEADERS = 50;

    /** Bytes of a binary value that a page shows, at most. */
    private static final int HEX_BYTES = 512;

    private static final int HEX_LINE = 16;

    /** @param name as published */
    record Header(String name, Part value) {}

    /**
     * A key, or the value of a record or of a header.
     *
     * @param bytes its size; null if there is no value, which is not an empty one
     * @param text the value as text; null if it is not printable UTF-8
     * @param hex the beginning of a binary value in hexadecimal and ASCII; null if the value is text
     */
    record Part(
            @Nullable Long bytes,
            @Nullable String text,
            @Nullable String hex) {

        /** @param whole false if these bytes are only the beginning of the value, which may end within a character */
        static Part of(@Nullable Long size, byte @Nullable [] bytes, boolean whole) {
            if (bytes == null) {
                return new Part(size, null, null);
            }
            var text = readable(bytes, whole);
            return new Part(size, text, text == null ? dump(bytes) : null);
        }
    }

    /** The headers that the page shows. */
    public List<Header> shownHeaders() {
        return headers.subList(0, Math.min(headers.size(), MOST_HEADERS));
    }

    static PublishedRecord of(Detail detail) {
        return new PublishedRecord(
                Part.of(detail.recordKeyBytes(), bytes(detail.recordKeyBase64()), !detail.isTruncated("recordKey")),
                Part.of(
                        detail.recordValueBytes(),
                        bytes(detail.recordValueBase64()),
                        !detail.isTruncated("recordValue")),
                detail.masked() || detail.recordHeaders() == null
                        ? List.of()
                        : StoredHeaders.of(detail.recordHeaders()).stream()
                                .map(PublishedRecord::header)
                                .toList());
    }

    private static Header header(RawRecord.Header stored) {
        var value = stored.value();
        return new Header(stored.name(), Part.of(value == null ? null : (long) value.length, value, true));
    }

    private static byte @Nullable [] bytes(@Nullable String base64) {
        return base64 == null ? null : Base64.getDecoder().decode(base64);
    }

    /** Returns null for bytes that are not UTF-8 or contain control characters, which a page does not show. */
    private static @Nullable String readable(byte[] bytes, boolean whole) {
        var decoded = CharBuffer.allocate(bytes.length);
        var result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), decoded, whole);
        if (result != CoderResult.UNDERFLOW) {
            return null;
        }
        var text = decoded.flip().toString();
        return text.chars().allMatch(PublishedRecord::canBeSeen) ? text : null;
    }

    private static boolean canBeSeen(int unit) {
        return !Character.isISOControl(unit) || unit == '\n' || unit == '\r' || unit == '\t';
    }

    private static String dump(byte[] bytes) {
        var shown = Arrays.copyOf(bytes, Math.min(bytes.length, HEX_BYTES));
        var hex = HexFormat.ofDelimiter(" ");
        var dump = new StringBuilder();
        for (int from = 0; from < shown.length; from += HEX_LINE) {
            var line = Arrays.copyOfRange(shown, from, Math.min(from + HEX_LINE, shown.length));
            var ascii = new StringBuilder();
            for (var each : line) {
                ascii.append(each >= ' ' && each < 0x7f ? (char) each : '.');
            }
            dump.append(String.format(Locale.ROOT, "%08x  %-47s  %s%n", from, hex.formatHex(line), ascii));
        }
        if (shown.length < bytes.length) {
            dump.append("…");
        }
        return dump.toString();
    }
}
