package dev.errand.intake;

import dev.errand.action.Original;
import org.jspecify.annotations.Nullable;

/** Reads {@link Form#BINARY}. Immutable and thread-safe. */
final class BinaryReader implements FormReader {

    private static final String SPECVERSION = "ce_specversion";

    /** In Kafka the content type says it; some publishers write this as well. */
    private static final String DATA_CONTENT_TYPE = "ce_datacontenttype";

    private final JsonReader json;

    BinaryReader(JsonReader json) {
        this.json = json;
    }

    @Override
    public Envelope read(Original record) throws Unfit {
        var headers = record.headers();
        CloudEvent.checkVersion(Form.BINARY, SPECVERSION, Utf8.header(headers, SPECVERSION));
        CloudEvent.checkDataIsJson(Form.CONTENT_TYPE, Utf8.header(headers, Form.CONTENT_TYPE));
        CloudEvent.checkDataIsJson(DATA_CONTENT_TYPE, Utf8.header(headers, DATA_CONTENT_TYPE));
        var envelope = new Envelope(Form.BINARY, record);
        envelope.id = Utf8.header(headers, Form.BINARY.id);
        envelope.source = Utf8.header(headers, Form.BINARY.source);
        envelope.type = Utf8.header(headers, Form.BINARY.type);
        envelope.user = user(record);
        envelope.time = Utf8.header(headers, Form.BINARY.time);
        envelope.payload = payload(record.value());
        return envelope;
    }

    /** No value is CloudEvents' way of no data here, and so is, for publishers that can't write null, an empty one. */
    private String payload(byte @Nullable [] value) throws Unfit {
        return value == null || value.length == 0 ? CloudEvent.NO_DATA : json.payload(value, Form.BINARY);
    }

    @Override
    public @Nullable String user(Original record) throws Unfit {
        return Utf8.header(record.headers(), Form.BINARY.user);
    }
}
