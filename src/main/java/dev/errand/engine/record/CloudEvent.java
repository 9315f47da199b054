package dev.errand.engine.record;

import static dev.errand.engine.record.InvalidRecordException.quoted;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a CloudEvent must be in either mode, to be an action. */
public final class CloudEvent {

    /** The payload of an event without data. */
    public static final String NO_DATA = "null";

    private static final Pattern VERSION_1 = Pattern.compile("1\\.[0-9]+");

    /**
     * What CloudEvents'
     * <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#31-handling-of-data">JSON
     * format</a> calls JSON.
     */
    private static final Pattern JSON = Pattern.compile("[^/]+/(.+\\+)?json");

    private CloudEvent() {}

    /** @throws InvalidRecordException unless it is of CloudEvents 1.x: what other versions' attributes mean is not known */
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

    /** @throws InvalidRecordException if its data is not JSON */
    static void checkDataIsJson(String name, @Nullable String mediaType) throws InvalidRecordException {
        if (mediaType != null && !JSON.matcher(withoutParameters(mediaType)).matches()) {
            throw new InvalidRecordException(name + " is " + quoted(mediaType)
                    + ": an action's payload is JSON, publish it as" + " application/json");
        }
    }

    /** A media type such as {@code Application/JSON; charset=utf-8} in a form that can be compared. */
    static String withoutParameters(String mediaType) {
        int parameters = mediaType.indexOf(';');
        return (parameters < 0 ? mediaType : mediaType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
