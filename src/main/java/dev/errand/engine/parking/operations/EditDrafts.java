package dev.errand.engine.parking.operations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.errand.action.RawRecord.Header;
import dev.errand.engine.parking.StoredHeaders;
import dev.errand.engine.parking.view.ParkedActionView.Detail;
import dev.errand.engine.record.CloudEvent;
import dev.errand.engine.record.InvalidRecordException;
import dev.errand.engine.record.KeyFormat;
import dev.errand.engine.record.RecordFormat;
import dev.errand.engine.record.Rfc3339;
import dev.errand.engine.record.Utf8;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Drafts of corrections: an action as plain JSON, filled with all that can be read of an unreadable or conflicting record, which an
 * operator completes. The draft is not validated; {@link ActionEditor} validates what the operator sends. Immutable and thread-safe.
 */
@Singleton
public class EditDrafts {

    private final JsonFactory factory = new JsonFactory();
    private final KeyFormat keys;

    @Inject
    EditDrafts(@ConfigProperty(name = "errand.key-format", defaultValue = "text") KeyFormat keys) {
        this.keys = keys;
    }

    /** The fields that are known so far; unknown ones are empty. */
    private static final class Draft {
        private String id = "";
        private String source = "";
        private String type = "";
        private String user = "";
        private String time = "";
        private @Nullable String payload;
    }

    /**
     * Returns a draft for a record.
     *
     * @return plain JSON; empty if the record is masked, because nothing of it may be shown
     */
    public String of(Detail detail) {
        if (detail.masked()) {
            return "";
        }
        var draft = new Draft();
        var value = bytes(detail.recordValueBase64());
        var headers = detail.recordHeaders() == null ? List.<Header>of() : StoredHeaders.of(detail.recordHeaders());
        var form = RecordFormat.of(headers);
        if (form == RecordFormat.BINARY) {
            attributes(headers, draft);
            draft.payload = value == null || value.length == 0 ? CloudEvent.NO_DATA : payload(value);
        } else if (value != null) {
            fields(value, form, draft);
        }
        var user = user(bytes(detail.recordKeyBase64()));
        if (user != null) {
            // The key decides the partition and so the order.
            draft.user = user;
        }
        if (!isTime(draft.time) && detail.recordTimestamp() != null) {
            draft.time = detail.recordTimestamp().toString();
        }
        return """
                {
                  "id": %s,
                  "source": %s,
                  "type": %s,
                  "userId": %s,
                  "occurredAt": %s,
                  "payload": %s
                }""".formatted(
                        quoted(draft.id),
                        quoted(draft.source),
                        quoted(draft.type),
                        quoted(draft.user),
                        quoted(draft.time),
                        draft.payload == null ? "null" : draft.payload);
    }

    /** Reads the headers of a CloudEvent in binary mode; the last of several with one name counts. */
    private static void attributes(List<Header> headers, Draft draft) {
        for (var header : headers) {
            var text = header.value() == null ? null : Utf8.textOrNull(header.value());
            if (text != null) {
                take(header.name().toLowerCase(Locale.ROOT), text, RecordFormat.BINARY, draft);
            }
        }
    }

    /** Reads the fields of a JSON object up to the first error. A value that is no object becomes the payload. */
    private void fields(byte[] value, RecordFormat form, Draft draft) {
        try (var parser = factory.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                draft.payload = payload(value);
                return;
            }
            for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                if (name.equals(form.payload)) {
                    draft.payload = raw(parser, value);
                } else if (parser.currentToken().isScalarValue() && parser.currentToken() != JsonToken.VALUE_NULL) {
                    take(name, parser.getText(), form, draft);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException | RuntimeException e) {
            if (isEmpty(draft)) {
                draft.payload = payload(value);
            }
        }
    }

    private static boolean isEmpty(Draft draft) {
        return draft.payload == null && (draft.id + draft.source + draft.type + draft.user + draft.time).isEmpty();
    }

    private static void take(String name, String text, RecordFormat form, Draft draft) {
        if (name.equals(form.id)) {
            draft.id = text;
        } else if (name.equals(form.source)) {
            draft.source = text;
        } else if (name.equals(form.type)) {
            draft.type = text;
        } else if (name.equals(form.user)) {
            draft.user = text;
        } else if (name.equals(form.time)) {
            draft.time = text;
        }
    }

    /** Returns the text of the current JSON value unchanged, so that its numbers keep their notation. */
    private static @Nullable String raw(JsonParser parser, byte[] value) throws IOException {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        return from < 0 || to < from ? null : Utf8.textOrNull(Arrays.copyOfRange(value, from, to));
    }

    /** Returns a value that is JSON unchanged, and any other text as a JSON string; null if the value is no text. */
    private @Nullable String payload(byte[] value) {
        var text = Utf8.textOrNull(value);
        if (text == null || text.isBlank()) {
            return null;
        }
        try (var parser = factory.createParser(value)) {
            if (parser.nextToken() != null) {
                parser.skipChildren();
                parser.finishToken();
                if (parser.nextToken() == null) {
                    return text.strip();
                }
            }
        } catch (IOException | RuntimeException noJson) {
            // Treated as text below.
        }
        return quoted(text);
    }

    private @Nullable String user(byte @Nullable [] key) {
        try {
            return keys.user(key);
        } catch (InvalidRecordException noUserId) {
            return null;
        }
    }

    private static boolean isTime(String text) {
        try {
            Rfc3339.utc(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Returns a JSON string in which invisible characters are escaped, so that they survive an HTML form and the editor sees them. */
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        new String(JsonStringEncoder.getInstance().quoteAsString(text))
                .chars()
                .forEach(each -> quoted.append(
                        isUnseen(each) ? String.format(Locale.ROOT, "\\u%04x", each) : String.valueOf((char) each)));
        return quoted.append('"').toString();
    }

    private static boolean isUnseen(int unit) {
        return unit != ' '
                && switch (Character.getType(unit)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SPACE_SEPARATOR,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> true;
                    default -> false;
                };
    }

    private static byte @Nullable [] bytes(@Nullable String base64) {
        return base64 == null ? null : Base64.getDecoder().decode(base64);
    }
}
