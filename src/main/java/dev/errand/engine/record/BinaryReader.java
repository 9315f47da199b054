package dev.errand.engine.record;

import dev.errand.action.RawRecord;
import org.jspecify.annotations.Nullable;

/** Reads {@link RecordFormat#BINARY}. Immutable and thread-safe. */
final class BinaryReader implements FormatReader {

    private static final String SPECVERSION = "ce_specversion";

    /** Kafka's binding uses {@code content-type} for this; some publishers write this header as well. */
    private static final String DATA_CONTENT_TYPE = "ce_datacontenttype";

    private final JsonReader json;

    BinaryReader(JsonReader json) {
        this.json = json;
    }

    @Override
    public Envelope read(RawRecord record) throws InvalidRecordException {
        var headers = record.headers();
        CloudEvent.checkVersion(RecordFormat.BINARY, SPECVERSION, Utf8.header(headers, SPECVERSION));
        CloudEvent.checkDataIsJson(RecordFormat.CONTENT_TYPE, Utf8.header(headers, RecordFormat.CONTENT_TYPE));
        CloudEvent.checkDataIsJson(DATA_CONTENT_TYPE, Utf8.header(headers, DATA_CONTENT_TYPE));
        var envelope = new Envelope(RecordFormat.BINARY, record);
        envelope.id = Utf8.header(headers, RecordFormat.BINARY.id);
        envelope.source = Utf8.header(headers, RecordFormat.BINARY.source);
        envelope.type = Utf8.header(headers, RecordFormat.BINARY.type);
        envelope.user = userOfRefused(record);
        envelope.time = Utf8.header(headers, RecordFormat.BINARY.time);
        envelope.payload = payload(record.value());
        return envelope;
    }

    /** A record without a value is an event without data. So is an empty value, as some publishers can't write null. */
    private String payload(byte @Nullable [] value) throws InvalidRecordException {
        return value == null || value.length == 0 ? CloudEvent.NO_DATA : json.payload(value, RecordFormat.BINARY);
    }

    /** A header can be read whatever is wrong with the others. */
    @Override
    public @Nullable String userOfRefused(RawRecord record) throws InvalidRecordException {
        return Utf8.header(record.headers(), RecordFormat.BINARY.user);
    }
}
