package dev.errand.engine.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.errand.action.RawRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record's value as JSON within the limits of {@link LimitsConfig}, and says what is wrong if it can't be read. Immutable
 * and thread-safe.
 */
final class JsonReader {

    private final LimitsConfig limits;
    private final JsonFactory payloads;
    private final JsonFactory envelopes;

    JsonReader(LimitsConfig limits) {
        this.limits = limits;
        this.payloads = factory(limits.depth());
        // The envelope adds one level to its payload.
        this.envelopes = factory(limits.depth() + 1);
    }

    private static JsonFactory factory(int depth) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(depth).build())
                .build();
    }

    /** Takes the fields of an object one after the other. */
    interface Fields {
        /**
         * Takes a field, and leaves the parser at the end of the field's value.
         *
         * @param value the record's value
         * @param parser positioned at the start of the field's value
         */
        void take(String name, byte[] value, JsonParser parser) throws IOException, InvalidRecordException;
    }

    /** Reads a record's value, which has to be a JSON object. */
    void object(RawRecord record, RecordFormat form, Fields fields) throws InvalidRecordException {
        var value = record.value();
        if (value == null) {
            throw new InvalidRecordException("the record is a tombstone: it has no value");
        }
        if (value.length == 0) {
            throw new InvalidRecordException("the record's value is empty");
        }
        checkEncoding(value);
        try (var parser = envelopes.createParser(value)) {
            var first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                throw new InvalidRecordException(noObject(parser, first));
            }
            for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                fields.take(name, value, parser);
            }
            if (parser.nextToken() != null) {
                throw new InvalidRecordException(
                        "the value goes on after its JSON object: publish each action as a record of its own");
            }
        } catch (IOException | RuntimeException e) {
            throw unfit(value, e, form);
        }
    }

    private static String noObject(JsonParser parser, @Nullable JsonToken first) throws IOException {
        if (first == null) {
            return "the value is blank";
        }
        return "the value is a JSON " + kind(first) + ", not a JSON object"
                + switch (first) {
                    case START_ARRAY -> ": publish each action as a record of its own";
                    case VALUE_STRING -> Lookalike.ofText(parser.getText());
                    default -> "";
                };
    }

    /** Refuses UTF-16 and UTF-32, recognised by the first bytes: Jackson would read them, but an action is UTF-8. */
    private static void checkEncoding(byte[] value) throws InvalidRecordException {
        if (value[0] == 0
                || (value.length > 1 && value[1] == 0)
                || value[0] == (byte) 0xfe
                || value[0] == (byte) 0xff) {
            var what = Lookalike.ofBytes(value);
            if (what.isPresent()) {
                throw new InvalidRecordException(what.get());
            }
        }
    }

    /** Reads a record's value, which is the payload itself. */
    String payload(byte[] value, RecordFormat form) throws InvalidRecordException {
        checkEncoding(value);
        try (var parser = payloads.createParser(value)) {
            if (parser.nextToken() == null) {
                throw new InvalidRecordException("the value is blank: leave it out if there is no payload");
            }
            // The parser finds the end of a number only by reading the whitespace after it.
            var payload = raw(parser, value, form).strip();
            if (parser.nextToken() != null) {
                throw new InvalidRecordException("the value goes on after its JSON value");
            }
            return payload;
        } catch (IOException | RuntimeException e) {
            throw unfit(value, e, form);
        }
    }

    private InvalidRecordException unfit(byte[] value, Exception e, RecordFormat form) {
        if (e instanceof StreamConstraintsException beyond) {
            return new InvalidRecordException(
                    "the JSON exceeds a limit: " + JsonFault.words(beyond.getOriginalMessage()) + "; " + form.payload
                            + " may be " + limits.depth() + " levels deep (errand.limits.depth)");
        }
        var what = Lookalike.ofBytes(value);
        if (what.isPresent()) {
            return new InvalidRecordException(what.get());
        }
        if (e instanceof JsonProcessingException fault) {
            return new InvalidRecordException("the value is not valid JSON " + JsonFault.described(value, fault));
        }
        if (e instanceof IOException) {
            return new InvalidRecordException("the value is not valid JSON: " + e.getMessage());
        }
        // No exception that hostile bytes cause in the parser may end the channel.
        return new InvalidRecordException("the value can't be read: " + e);
    }

    /** The current value's text as published: writing it again would cost time and change its numbers. */
    String raw(JsonParser parser, byte[] value, RecordFormat form) throws IOException, InvalidRecordException {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        var suspicious = ExactJson.skip(parser);
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        if (from < 0 || to < from) {
            throw new InvalidRecordException("the value is not UTF-8");
        }
        if (to - from > limits.payload().asLongValue()) {
            throw new InvalidRecordException(form.payload + " has " + (to - from) + " bytes, more than "
                    + limits.payload().asLongValue() + " (errand.limits.payload)");
        }
        var text = Utf8.text(value, from, to, form.payload);
        ExactJson.check(text, suspicious, form.payload);
        return text;
    }

    /** @throws InvalidRecordException if the current value is not a string */
    static String string(JsonParser parser, String name) throws IOException, InvalidRecordException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new InvalidRecordException(name + " is a JSON " + kind(parser.currentToken()) + ", not a string");
        }
        return parser.getText();
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "object";
            case START_ARRAY -> "array";
            case VALUE_STRING -> "string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
            case VALUE_TRUE, VALUE_FALSE -> "boolean";
            case VALUE_NULL -> "null";
            default -> "value";
        };
    }
}
