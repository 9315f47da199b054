package dev.errand.engine.record;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Reads records as actions, whatever of its three forms a record has, and says clearly what is wrong with those that are
 * none. Immutable and thread-safe.
 */
@Singleton
public final class ActionReader {

    private final LimitsConfig limits;
    private final KeyFormat keys;
    private final FormatReader plain;
    private final FormatReader structured;
    private final FormatReader binary;

    @Inject
    ActionReader(
            LimitsConfig limits, @ConfigProperty(name = "errand.key-format", defaultValue = "text") KeyFormat keys) {
        this.limits = limits;
        this.keys = keys;
        var json = new JsonReader(limits);
        this.plain = new PlainReader(json);
        this.structured = new StructuredReader(json);
        this.binary = new BinaryReader(json);
    }

    /** Reads a record. */
    public DecodedRecord read(RawRecord record) {
        Envelope envelope = null;
        try {
            envelope = readerOf(record).read(record);
            return new DecodedRecord.ReadableRecord(envelope.toAction(limits, keys));
        } catch (InvalidRecordException e) {
            return new DecodedRecord.UnreadableRecord(e.getMessage() + hint(record), userOfRefused(record, envelope));
        }
    }

    /** @param envelope null where not even that could be read */
    private String userOfRefused(RawRecord record, @Nullable Envelope envelope) {
        return userByKey(record).orElseGet(() -> {
            try {
                var user = envelope == null ? readerOf(record).userOfRefused(record) : envelope.user;
                return user == null ? "" : user;
            } catch (InvalidRecordException nobodyKnown) {
                return "";
            }
        });
    }

    /** Only for what should have been plain JSON: who sends CloudEvents as such is told what is missing in them. */
    private String hint(RawRecord record) {
        return isTooLarge(record) || RecordFormat.of(record.headers()) != RecordFormat.PLAIN
                ? ""
                : Lookalike.ofRecord(record).map(what -> "; " + what).orElse("");
    }

    /** Reads an action that somebody gives by hand, as plain JSON, in the place of a record. */
    public DecodedRecord read(String json, RecordPosition position) {
        var value = json.getBytes(StandardCharsets.UTF_8);
        return read(new RawRecord(position, ConsumerRecord.NO_TIMESTAMP, null, value, List.of()));
    }

    /** What is wrong with a payload, if anything. */
    public Optional<String> unfitPayload(String payload) {
        var envelope = """
                {"id":"-","type":"-","userId":"-","occurredAt":"2000-01-01T00:00:00Z","payload":""" + payload + "}";
        return read(envelope, new RecordPosition("-", 0, 0)) instanceof DecodedRecord.UnreadableRecord unreadable
                ? Optional.of(unreadable.reason())
                : Optional.empty();
    }

    /**
     * The user that a record's key names, without reading the record.
     *
     * @return the empty text where the key is not of the configured format; empty where the record has no key, so that only
     *     {@link #read} can tell
     */
    public Optional<String> userByKey(RawRecord record) {
        try {
            return Optional.ofNullable(keys.user(record.key()));
        } catch (InvalidRecordException notOfTheFormat) {
            return Optional.of("");
        }
    }

    private FormatReader readerOf(RawRecord record) throws InvalidRecordException {
        if (isTooLarge(record)) {
            throw new InvalidRecordException("the record has " + record.size() + " bytes, more than "
                    + limits.record().asLongValue());
        }
        return switch (RecordFormat.of(record.headers())) {
            case PLAIN -> plain;
            case STRUCTURED -> structured;
            case BINARY -> binary;
        };
    }

    private boolean isTooLarge(RawRecord record) {
        return record.size() > limits.record().asLongValue();
    }
}
