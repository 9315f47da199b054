package dev.errand.engine.record;

import static dev.errand.engine.record.InvalidRecordException.quoted;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.errand.action.RawRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads {@link RecordFormat#STRUCTURED}. Immutable and thread-safe. */
final class StructuredReader implements FormatReader {

    private static final String JSON = "application/cloudevents+json";

    private final JsonReader json;

    StructuredReader(JsonReader json) {
        this.json = json;
    }

    @Override
    public Envelope read(RawRecord record) throws InvalidRecordException {
        var format = Utf8.header(record.headers(), RecordFormat.CONTENT_TYPE);
        if (format == null || !CloudEvent.withoutParameters(format).equals(JSON)) {
            throw new InvalidRecordException(RecordFormat.CONTENT_TYPE + " is " + quoted(String.valueOf(format))
                    + ": publish each CloudEvent as a record of its own, as " + JSON + " or in binary mode");
        }
        var event = new Event(record);
        json.object(record, RecordFormat.STRUCTURED, event);
        CloudEvent.checkVersion(RecordFormat.STRUCTURED, "specversion", event.specversion);
        CloudEvent.checkDataIsJson("datacontenttype", event.dataContentType);
        return event.envelope;
    }

    private final class Event implements JsonReader.Fields {
        private final Envelope envelope;
        private @Nullable String specversion;
        private @Nullable String dataContentType;

        Event(RawRecord record) {
            this.envelope = new Envelope(RecordFormat.STRUCTURED, record);
            envelope.payload = CloudEvent.NO_DATA;
        }

        @Override
        public void take(String name, byte[] value, JsonParser parser) throws IOException, InvalidRecordException {
            switch (name) {
                case "specversion" -> specversion = attribute(parser, name);
                case "id" -> envelope.id = attribute(parser, name);
                case "source" -> envelope.source = attribute(parser, name);
                case "type" -> envelope.type = attribute(parser, name);
                case "subject" -> envelope.user = attribute(parser, name);
                case "time" -> envelope.time = attribute(parser, name);
                case "datacontenttype" -> dataContentType = attribute(parser, name);
                case "data" -> envelope.payload = json.raw(parser, value, RecordFormat.STRUCTURED);
                case "data_base64" -> refuseBinary(parser);
                // An invalid trace context is no reason to refuse the action.
                case "traceparent" -> {
                    envelope.traceparent = parser.getValueAsString();
                    parser.skipChildren();
                }
                case "tracestate" -> {
                    envelope.tracestate = parser.getValueAsString();
                    parser.skipChildren();
                }
                default -> parser.skipChildren();
            }
        }

        /** An attribute's value; null if it is JSON's null, which CloudEvents treats like a missing attribute. */
        private static @Nullable String attribute(JsonParser parser, String name)
                throws IOException, InvalidRecordException {
            return parser.currentToken() == JsonToken.VALUE_NULL ? null : JsonReader.string(parser, name);
        }

        private static void refuseBinary(JsonParser parser) throws InvalidRecordException {
            if (parser.currentToken() != JsonToken.VALUE_NULL) {
                throw new InvalidRecordException(
                        "data_base64 can't be read: an action's payload is JSON, publish it as data");
            }
        }
    }
}
