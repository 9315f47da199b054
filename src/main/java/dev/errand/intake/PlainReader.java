package dev.errand.intake;

import dev.errand.action.Original;

/** Reads {@link Form#PLAIN}. Immutable and thread-safe. */
final class PlainReader implements FormReader {

    private final JsonReader json;

    PlainReader(JsonReader json) {
        this.json = json;
    }

    @Override
    public Envelope read(Original record) throws Unfit {
        var envelope = new Envelope(Form.PLAIN, record);
        json.object(record, Form.PLAIN, (name, value, parser) -> {
            switch (name) {
                case "id" -> envelope.id = JsonReader.string(parser, name);
                case "source" -> envelope.source = JsonReader.string(parser, name);
                case "type" -> envelope.type = JsonReader.string(parser, name);
                case "userId" -> envelope.user = JsonReader.string(parser, name);
                case "occurredAt" -> envelope.time = JsonReader.string(parser, name);
                case "payload" -> envelope.payload = json.raw(parser, value, Form.PLAIN);
                default -> parser.skipChildren();
            }
        });
        return envelope;
    }
}
