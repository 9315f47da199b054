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
 * Reads a record's value as JSON, as deep and large as {@link LimitsConfig} allows, and says what is wrong where it can't.
 * Immutable and thread-safe.
 */
final class JsonReader {

    private final LimitsConfig limits;
    private final JsonFactory payloads;
    private final JsonFactory envelopes;

    JsonReader(LimitsConfig limits) {
        this.limits = limits;
        this.payloads = factory(limits.depth());
        // The envelope is one level more than the payload in it.
        this.envelopes = factory(limits.depth() + 1);
    }

    private static JsonFactory factory(int depth) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(depth).build())
                .build();
    }

    /** Takes an object's fields, one after the other. */
    interface Fields {
        /**
         * Takes a field, and leaves the parser at its end.
         *
         * @param value the record's
         * @param parser at the start of the field's value
         */
        void take(String name, byte[] value, JsonParser parser) throws IOException, InvalidRecordException;
    }

    /** Reads a record's value that has to be an object. */
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

    /** Those that Jackson takes for JSON as well are told by their first bytes: an action is UTF-8. */
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

    /** Reads a record's value that is the payload itself. */
    String payload(byte[] value, RecordFormat form) throws InvalidRecordException {
        checkEncoding(value);
        try (var parser = payloads.createParser(value)) {
            if (parser.nextToken() == null) {
                throw new InvalidRecordException("the value is blank: for no payload leave it out");
            }
            // A number is read to its end only by reading the space behind it.
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
                    "the JSON is beyond what is accepted: " + JsonFault.words(beyond.getOriginalMessage()) + "; "
                            + form.payload + " may be " + limits.depth() + " levels deep (errand.limits.depth)");
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
        // Whatever a parser does with hostile bytes: it must not end the channel.
        return new InvalidRecordException("the value can't be read: " + e);
    }

    /** The current value as it stands in the record: to write it anew would cost time and change its numbers. */
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

    /** The current value, a string. */
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
