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
 * What a record that can't be taken as it is was probably meant to be: an action as plain JSON with all that can be read of the record,
 * for a person who completes it. Nothing in it is checked; that is done when it comes back. Immutable and thread-safe.
 */
@Singleton
public class EditDrafts {

    private final JsonFactory factory = new JsonFactory();
    private final KeyFormat keys;

    @Inject
    EditDrafts(@ConfigProperty(name = "errand.key-format", defaultValue = "text") KeyFormat keys) {
        this.keys = keys;
    }

    /** What is known so far; empty is not known. */
    private static final class Draft {
        private String id = "";
        private String source = "";
        private String type = "";
        private String user = "";
        private String time = "";
        private @Nullable String payload;
    }

    /**
     * A draft of what the record was meant to be.
     *
     * @return empty where the record is masked: nothing of it may be shown
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
            // It decides the order.
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

    /** The last one counts where there are several. */
    private static void attributes(List<Header> headers, Draft draft) {
        for (var header : headers) {
            var text = header.value() == null ? null : Utf8.textOrNull(header.value());
            if (text != null) {
                take(header.name().toLowerCase(Locale.ROOT), text, RecordFormat.BINARY, draft);
            }
        }
    }

    /** As far as the JSON goes: what stands before a mistake is taken. What is no object at all is the payload. */
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

    /** As it stands: its numbers are kept. */
    private static @Nullable String raw(JsonParser parser, byte[] value) throws IOException {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        return from < 0 || to < from ? null : Utf8.textOrNull(Arrays.copyOfRange(value, from, to));
    }

    /** A value that is JSON as it stands, one that is other text as a JSON text; null where it is no text. */
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
            // It is a text then.
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

    /** With what can't be seen as escapes, so that it survives a form and whoever edits it sees it. */
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
