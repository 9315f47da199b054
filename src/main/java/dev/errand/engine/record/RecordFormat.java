package dev.errand.engine.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.errand.action.RawRecord.Header;
import java.util.List;

/**
 * The formats in which an action arrives, with the name that each gives to the action's fields.
 *
 * <p>Those for CloudEvents follow its
 * <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka protocol
 * binding</a>.
 */
public enum RecordFormat {
    /** A JSON object as Errand defines it. */
    PLAIN("id", "source", "type", "userId", "occurredAt", "payload"),

    /** The record's value is a CloudEvent as a JSON object. */
    STRUCTURED("id", "source", "type", "subject", "time", "data"),

    /** The record's headers are a CloudEvent's attributes, its value is the payload. */
    BINARY("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "the value");

    static final String CONTENT_TYPE = "content-type";

    /** The prefix of the media types of all CloudEvents formats. */
    private static final String CLOUD_EVENTS = "application/cloudevents";

    public final String id;
    public final String source;
    public final String type;
    public final String user;
    public final String time;
    public final String payload;

    RecordFormat(String id, String source, String type, String user, String time, String payload) {
        this.id = id;
        this.source = source;
        this.type = type;
        this.user = user;
        this.time = time;
        this.payload = payload;
    }

    /** The format of a record with these headers. As the binding requires, the content type decides between CloudEvents' two modes. */
    public static RecordFormat of(List<Header> headers) {
        if (headers.isEmpty()) {
            return PLAIN;
        }
        var form = PLAIN;
        for (var header : headers) {
            if (isCloudEventsFormat(header)) {
                return STRUCTURED;
            }
            if (isRequiredAttribute(header.name())) {
                form = BINARY;
            }
        }
        return form;
    }

    private static boolean isCloudEventsFormat(Header header) {
        var value = header.value();
        return value != null
                && value.length >= CLOUD_EVENTS.length()
                && header.name().equalsIgnoreCase(CONTENT_TYPE)
                && new String(value, 0, CLOUD_EVENTS.length(), ISO_8859_1).equalsIgnoreCase(CLOUD_EVENTS);
    }

    /** One is enough, so that a publisher who forgets another learns which one, and not that the value is not plain JSON. */
    private static boolean isRequiredAttribute(String name) {
        return name.equalsIgnoreCase("ce_specversion")
                || name.equalsIgnoreCase(BINARY.id)
                || name.equalsIgnoreCase(BINARY.source)
                || name.equalsIgnoreCase(BINARY.type);
    }

    /** The exception for a missing field. */
    InvalidRecordException missing(String name) {
        return new InvalidRecordException(name + " is missing"
                + switch (this) {
                    case PLAIN -> "";
                    case STRUCTURED -> ": a CloudEvent has at least specversion, id, source and type";
                    case BINARY ->
                        ": a CloudEvent has at least the headers ce_specversion, ce_id, ce_source and ce_type";
                });
    }
}
