package dev.errand.engine.record;

import dev.errand.action.RawRecord;

/** Reads {@link RecordFormat#PLAIN}. Immutable and thread-safe. */
final class PlainReader implements FormatReader {

    private final JsonReader json;

    PlainReader(JsonReader json) {
        this.json = json;
    }

    @Override
    public Envelope read(RawRecord record) throws InvalidRecordException {
        var envelope = new Envelope(RecordFormat.PLAIN, record);
        json.object(record, RecordFormat.PLAIN, (name, value, parser) -> {
            switch (name) {
                case "id" -> envelope.id = JsonReader.string(parser, name);
                case "source" -> envelope.source = JsonReader.string(parser, name);
                case "type" -> envelope.type = JsonReader.string(parser, name);
                case "userId" -> envelope.user = JsonReader.string(parser, name);
                case "occurredAt" -> envelope.time = JsonReader.string(parser, name);
                case "payload" -> envelope.payload = json.raw(parser, value, RecordFormat.PLAIN);
                default -> parser.skipChildren();
            }
        });
        return envelope;
    }
}
