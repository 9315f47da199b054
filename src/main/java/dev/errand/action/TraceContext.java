package dev.errand.action;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The trace that an action was published in, as <a href="https://www.w3.org/TR/trace-context/">W3C</a> writes it. */
public final class TraceContext {

    private static final String TRACEPARENT = "traceparent";

    /** CloudEvents' name of it in a header: where the trace began, while the header above has its last hop. */
    private static final String ORIGIN = "ce_traceparent";

    private static final int LENGTH = 55;

    private static final Pattern VERSION_00 =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceContext() {}

    /** The {@code traceparent} of a record with these headers; null where they have none that is well-formed. */
    public static @Nullable String traceparent(List<RawRecord.Header> headers) {
        String traceparent = null;
        String origin = null;
        for (var header : headers) {
            if (header.name().equalsIgnoreCase(TRACEPARENT)) {
                traceparent = wellFormed(header.value(), traceparent);
            } else if (header.name().equals(ORIGIN)) {
                origin = wellFormed(header.value(), origin);
            }
        }
        return traceparent == null ? origin : traceparent;
    }

    /** The text if it is a well-formed {@code traceparent} of version 00, else null. */
    public static @Nullable String wellFormed(@Nullable String text) {
        return text != null
                        && text.length() == LENGTH
                        && VERSION_00.matcher(text).matches()
                ? text
                : null;
    }

    /** The last one counts, as everywhere in Kafka. */
    private static @Nullable String wellFormed(byte @Nullable [] value, @Nullable String before) {
        if (value == null || value.length != LENGTH) {
            return before;
        }
        var text = wellFormed(new String(value, US_ASCII));
        return text == null ? before : text;
    }
}
