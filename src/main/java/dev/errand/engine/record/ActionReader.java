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
 * Reads records in any {@link RecordFormat} as actions, and says what is wrong with a record that is not an action. Immutable and
 * thread-safe.
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

    /** Reads a record; never throws for what the record contains. */
    public DecodedRecord read(RawRecord record) {
        Envelope envelope = null;
        try {
            envelope = readerOf(record).read(record);
            return new DecodedRecord.ReadableRecord(envelope.toAction(limits, keys));
        } catch (InvalidRecordException e) {
            return new DecodedRecord.UnreadableRecord(e.getMessage() + hint(record), userOfRefused(record, envelope));
        }
    }

    /** @param envelope what has been read of the record; null if nothing could be */
    private String userOfRefused(RawRecord record, @Nullable Envelope envelope) {
        return userByKey(record).orElseGet(() -> {
            try {
                var user = envelope == null ? readerOf(record).userOfRefused(record) : envelope.user;
                return user == null ? "" : user;
            } catch (InvalidRecordException noReadableUser) {
                return "";
            }
        });
    }

    /** A hint for records read as plain JSON; for a CloudEvent, the reason itself names what is missing. */
    private String hint(RawRecord record) {
        return isTooLarge(record) || RecordFormat.of(record.headers()) != RecordFormat.PLAIN
                ? ""
                : Lookalike.ofRecord(record).map(what -> "; " + what).orElse("");
    }

    /**
     * Reads an action that a person has entered as plain JSON.
     *
     * @param position the position of the record that it replaces
     */
    public DecodedRecord read(String json, RecordPosition position) {
        var value = ExactJson.withEscapedHalves(json).getBytes(StandardCharsets.UTF_8);
        return read(new RawRecord(position, ConsumerRecord.NO_TIMESTAMP, null, value, List.of()));
    }

    /** Why a payload would be refused; empty if it is valid. */
    public Optional<String> unfitPayload(String payload) {
        var envelope = """
                {"id":"-","type":"-","userId":"-","occurredAt":"2000-01-01T00:00:00Z","payload":""" + payload + "}";
        return read(envelope, new RecordPosition("-", 0, 0)) instanceof DecodedRecord.UnreadableRecord unreadable
                ? Optional.of(unreadable.reason())
                : Optional.empty();
    }

    /**
     * The user id that the record's key holds, without reading the record.
     *
     * @return the empty string if the key is not of the configured format; empty if the record has no key, so that only
     *     {@link #read} can tell its user
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
