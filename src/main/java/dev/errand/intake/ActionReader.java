package dev.errand.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.Coordinates;
import dev.errand.work.Decoded;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of plain JSON as actions and says clearly what is wrong with those that are none. Immutable and
 * thread-safe.
 */
@Singleton
public final class ActionReader {

    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9._-]+");

    /** What MySQL's DATETIME can hold. */
    private static final int FIRST_YEAR = 1000;

    private static final int LAST_YEAR = 9999;

    private final LimitsConfig limits;
    private final JsonFactory json;

    @Inject
    ActionReader(LimitsConfig limits) {
        this.limits = limits;
        this.json = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        // The envelope is one level more than the payload in it.
                        .maxNestingDepth(limits.depth() + 1)
                        .build())
                .build();
    }

    /**
     * Reads a record.
     *
     * @param key the record's key, null where it has none
     * @param value the record's value, null for a tombstone
     */
    public Decoded read(byte @Nullable [] key, byte @Nullable [] value, Coordinates coordinates) {
        try {
            if (value == null) {
                throw new Unfit("the record is a tombstone: it has no value");
            }
            if (value.length == 0) {
                throw new Unfit("the record's value is empty");
            }
            var action = parse(value).toAction(limits, coordinates);
            var user = key == null || key.length == 0 ? action.userId() : text(key, "the record's key");
            if (!user.equals(action.userId())) {
                throw new Unfit("the record's key is " + quoted(user) + " but userId is " + quoted(action.userId())
                        + ": they must be equal, the key decides the order");
            }
            return new Decoded.Legible(action);
        } catch (Unfit e) {
            return new Decoded.Illegible(String.valueOf(e.getMessage()));
        }
    }

    /** What is wrong with a payload, if anything. */
    public Optional<String> unfitPayload(String payload) {
        var envelope = """
                {"id":"-","type":"-","userId":"-","occurredAt":"2000-01-01T00:00:00Z","payload":""" + payload + "}";
        var decoded = read(null, envelope.getBytes(StandardCharsets.UTF_8), new Coordinates("-", 0, 0));
        return decoded instanceof Decoded.Illegible illegible ? Optional.of(illegible.reason()) : Optional.empty();
    }

    /** Whose record it is, by its key or else by its value; empty where neither tells. */
    String user(byte @Nullable [] key, byte @Nullable [] value) {
        if (key != null && key.length > 0) {
            return new String(key, StandardCharsets.UTF_8);
        }
        try {
            var userId = value == null || value.length == 0 ? null : parse(value).userId;
            return userId == null ? "" : userId;
        } catch (Unfit unreadableWhoeverItIsFrom) {
            return "";
        }
    }

    private Fields parse(byte[] value) throws Unfit {
        try (var parser = json.createParser(value)) {
            return fields(parser, value);
        } catch (StreamConstraintsException e) {
            throw new Unfit("the JSON is beyond what is accepted: " + firstLine(e) + "; the payload may be "
                    + limits.depth() + " levels deep");
        } catch (IOException e) {
            throw new Unfit("the value is not valid JSON: " + firstLine(e));
        } catch (RuntimeException e) {
            // Whatever a parser does with hostile bytes: it must not end the channel.
            throw new Unfit("the value can't be read: " + e);
        }
    }

    private Fields fields(JsonParser parser, byte[] value) throws IOException, Unfit {
        var first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            throw new Unfit(
                    "the value is " + (first == null ? "blank" : "a JSON " + kind(first)) + ", not a JSON object");
        }
        var fields = new Fields();
        for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            switch (name) {
                case "id" -> fields.id = string(parser, name);
                case "source" -> fields.source = string(parser, name);
                case "type" -> fields.type = string(parser, name);
                case "userId" -> fields.userId = string(parser, name);
                case "occurredAt" -> fields.occurredAt = string(parser, name);
                case "payload" -> fields.payload = raw(parser, value);
                default -> parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            throw new Unfit("the value goes on after its JSON object");
        }
        return fields;
    }

    private static String string(JsonParser parser, String name) throws IOException, Unfit {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new Unfit(name + " is a JSON " + kind(parser.currentToken()) + ", not a string");
        }
        return parser.getText();
    }

    /** The current value as it stands in the record: to write it anew would cost time and change its numbers. */
    private String raw(JsonParser parser, byte[] value) throws IOException, Unfit {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        if (from < 0 || to < from) {
            throw new Unfit("the value is not UTF-8");
        }
        if (to - from > limits.payload().asLongValue()) {
            throw new Unfit("the payload has " + (to - from) + " bytes, more than "
                    + limits.payload().asLongValue() + " (errand.limits.payload)");
        }
        return text(value, from, to, "the payload");
    }

    private static String text(byte[] bytes, String what) throws Unfit {
        return text(bytes, 0, bytes.length, what);
    }

    private static String text(byte[] bytes, int from, int to, String what) throws Unfit {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Unfit(what + " is not valid UTF-8");
        }
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

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String quoted(String text) {
        return '"' + (text.length() > 80 ? text.substring(0, 80) + "…" : text) + '"';
    }

    /** Why a record is no action. */
    private static final class Unfit extends Exception {

        private static final long serialVersionUID = 1;

        Unfit(String message) {
            super(message, null, false, false);
        }
    }

    /** The fields of an envelope while they are being read. */
    private static final class Fields {
        private @Nullable String id;
        private String source = "";
        private @Nullable String type;
        private @Nullable String userId;
        private @Nullable String occurredAt;
        private @Nullable String payload;

        Action<String> toAction(LimitsConfig limits, Coordinates coordinates) throws Unfit {
            var key = new ActionKey(atMost(limits.source(), source, "source"), required(limits.id(), id, "id"));
            var checkedType = required(limits.type(), type, "type");
            if (!TYPE.matcher(checkedType).matches()) {
                throw new Unfit("type is " + quoted(checkedType) + ": only A-Z a-z 0-9 . _ - are allowed");
            }
            var checkedUser = required(limits.userId(), userId, "userId");
            if (occurredAt == null) {
                throw missing("occurredAt");
            }
            if (payload == null) {
                throw missing("payload");
            }
            return new Action<>(key, checkedType, checkedUser, instant(occurredAt), payload, coordinates);
        }

        private static String required(int longest, @Nullable String text, String name) throws Unfit {
            if (text == null) {
                throw missing(name);
            }
            if (text.isEmpty()) {
                throw new Unfit(name + " is empty");
            }
            return atMost(longest, text, name);
        }

        private static String atMost(int longest, String text, String name) throws Unfit {
            int length = text.codePointCount(0, text.length());
            if (length > longest) {
                throw new Unfit(name + " has " + length + " characters, more than " + longest);
            }
            if (hasLoneSurrogate(text)) {
                throw new Unfit(name + " has half a surrogate pair, which is no character");
            }
            return text;
        }

        private static boolean hasLoneSurrogate(String text) {
            for (int i = 0; i < text.length(); i++) {
                if (Character.isSurrogate(text.charAt(i))) {
                    if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                        return true;
                    }
                    i++;
                }
            }
            return false;
        }

        private static Unfit missing(String name) {
            return new Unfit(name + " is missing");
        }

        private static Instant instant(String text) throws Unfit {
            try {
                var time = UtcText.isUtc(text) ? UtcText.parse(text) : inUtc(OffsetDateTime.parse(text));
                if (time.getYear() < FIRST_YEAR || time.getYear() > LAST_YEAR) {
                    throw new Unfit("occurredAt is " + quoted(text) + ": only the years " + FIRST_YEAR + " to "
                            + LAST_YEAR + " can be stored");
                }
                return time.truncatedTo(ChronoUnit.MICROS).toInstant(ZoneOffset.UTC);
            } catch (DateTimeException e) {
                throw new Unfit("occurredAt is " + quoted(text)
                        + ", not a time such as 2026-11-22T05:00:00.123456Z (RFC 3339)");
            }
        }

        private static LocalDateTime inUtc(OffsetDateTime time) {
            return time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
        }
    }
}
