package dev.errand.engine.record;

import static dev.errand.engine.record.InvalidRecordException.quoted;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The checks that a CloudEvent has to pass in either mode. Stateless and thread-safe. */
public final class CloudEvent {

    /** The payload of an event without data. */
    public static final String NO_DATA = "null";

    private static final Pattern VERSION_1 = Pattern.compile("1\\.[0-9]+");

    /**
     * The media types that are JSON by CloudEvents'
     * <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#31-handling-of-data">JSON
     * format</a>.
     */
    private static final Pattern JSON = Pattern.compile("[^/]+/(.+\\+)?json");

    private CloudEvent() {}

    /** @throws InvalidRecordException unless the version is 1.x: attributes may have another meaning in other versions */
    static void checkVersion(RecordFormat form, String name, @Nullable String specversion)
            throws InvalidRecordException {
        if (specversion == null) {
            throw form.missing(name);
        }
        if (!VERSION_1.matcher(specversion).matches()) {
            throw new InvalidRecordException(
                    name + " is " + quoted(specversion) + ": only CloudEvents 1.x can be read, publish it as 1.0");
        }
    }

    /** @throws InvalidRecordException if the media type is not JSON */
    static void checkDataIsJson(String name, @Nullable String mediaType) throws InvalidRecordException {
        if (mediaType != null && !JSON.matcher(withoutParameters(mediaType)).matches()) {
            throw new InvalidRecordException(name + " is " + quoted(mediaType)
                    + ": an action's payload is JSON, publish it as application/json");
        }
    }

    /** The media type in lower case and without parameters: of {@code Application/JSON; charset=utf-8}, application/json. */
    static String withoutParameters(String mediaType) {
        int parameters = mediaType.indexOf(';');
        return (parameters < 0 ? mediaType : mediaType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
