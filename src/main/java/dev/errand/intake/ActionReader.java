package dev.errand.intake;

import dev.errand.action.Coordinates;
import dev.errand.action.Original;
import dev.errand.work.Decoded;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads records as actions, whatever of its three forms a record has, and says clearly what is wrong with those that are
 * none. Immutable and thread-safe.
 */
@Singleton
public final class ActionReader {

    private final LimitsConfig limits;
    private final FormReader plain;
    private final FormReader structured;
    private final FormReader binary;

    @Inject
    ActionReader(LimitsConfig limits) {
        this.limits = limits;
        var json = new JsonReader(limits);
        this.plain = new PlainReader(json);
        this.structured = new StructuredReader(json);
        this.binary = new BinaryReader(json);
    }

    /** Reads a record. */
    public Decoded read(Original record) {
        try {
            return new Decoded.Legible(readerOf(record).read(record).toAction(limits));
        } catch (Unfit e) {
            return new Decoded.Illegible(String.valueOf(e.getMessage()));
        }
    }

    /** Reads an action that somebody gives by hand, as plain JSON, in the place of a record. */
    public Decoded read(String json, Coordinates coordinates) {
        var value = json.getBytes(StandardCharsets.UTF_8);
        return read(new Original(coordinates, ConsumerRecord.NO_TIMESTAMP, null, value, List.of()));
    }

    /** What is wrong with a payload, if anything. */
    public Optional<String> unfitPayload(String payload) {
        var envelope = """
                {"id":"-","type":"-","userId":"-","occurredAt":"2000-01-01T00:00:00Z","payload":""" + payload + "}";
        return read(envelope, new Coordinates("-", 0, 0)) instanceof Decoded.Illegible illegible
                ? Optional.of(illegible.reason())
                : Optional.empty();
    }

    /** Whose record it is, by its key or else by what it says; empty where neither tells. */
    String user(Original record) {
        var key = record.key();
        if (key != null && key.length > 0) {
            return new String(key, StandardCharsets.UTF_8);
        }
        try {
            var user = readerOf(record).user(record);
            return user == null ? "" : user;
        } catch (Unfit unreadableWhoeverItIsFrom) {
            return "";
        }
    }

    private FormReader readerOf(Original record) throws Unfit {
        var most = limits.record().asLongValue();
        if (record.size() > most) {
            throw new Unfit("the record has " + record.size() + " bytes, more than " + most);
        }
        return switch (Form.of(record.headers())) {
            case PLAIN -> plain;
            case STRUCTURED -> structured;
            case BINARY -> binary;
        };
    }
}
