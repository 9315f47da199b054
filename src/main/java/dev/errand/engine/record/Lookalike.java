package dev.errand.engine.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.errand.action.RawRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Guesses what an invalid record was meant to be, and says what its publisher has to do. A message about a missing field or a
 * wrong character does not help a publisher whose serializer writes another format altogether. Stateless and thread-safe.
 */
final class Lookalike {

    private static final JsonFactory JSON = new JsonFactory();

    /** How many names of an object, and of its payload, are looked at. */
    private static final int MOST_NAMES = 200;

    private static final int SCHEMA_ID = 1;

    /** The formats that are recognised by their first bytes. */
    private enum Beginning {
        GZIP("compressed bytes (gzip)", 0x1f, 0x8b),
        ZSTD("compressed bytes (zstd)", 0x28, 0xb5, 0x2f, 0xfd),
        LZ4("compressed bytes (lz4)", 0x04, 0x22, 0x4d, 0x18),
        SNAPPY_JAVA("compressed bytes (snappy)", 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0),
        SNAPPY("compressed bytes (snappy)", 0xff, 0x06, 0x00, 0x00, 's', 'N', 'a', 'P', 'p', 'Y'),
        ZLIB_FAST("compressed bytes (zlib)", 0x78, 0x01),
        ZLIB("compressed bytes (zlib)", 0x78, 0x9c),
        ZLIB_BEST("compressed bytes (zlib)", 0x78, 0xda),
        BZIP2("compressed bytes (bzip2)", 'B', 'Z', 'h'),
        XZ("compressed bytes (xz)", 0xfd, '7', 'z', 'X', 'Z', 0),
        ZIP("compressed bytes (zip)", 'P', 'K', 3, 4),
        UTF_32BE("text in UTF-32", 0, 0, 0xfe, 0xff),
        UTF_32LE("text in UTF-32", 0xff, 0xfe, 0, 0),
        UTF_16BE("text in UTF-16", 0xfe, 0xff),
        UTF_16LE("text in UTF-16", 0xff, 0xfe),
        AVRO("an Avro container file", 'O', 'b', 'j', 1),
        JAVA("a serialized Java object", 0xac, 0xed, 0, 5),
        CBOR("CBOR", 0xd9, 0xd9, 0xf7),
        PARQUET("a Parquet file", 'P', 'A', 'R', '1'),
        XML("XML", '<');

        private final String what;

        /** The first bytes, each as a character of ISO-8859-1. */
        private final String bytes;

        Beginning(String what, int... bytes) {
            this.what = what;
            this.bytes = new String(bytes, 0, bytes.length);
        }

        boolean isOf(byte[] value) {
            return value.length > bytes.length()
                    && new String(value, 0, bytes.length(), StandardCharsets.ISO_8859_1).equals(bytes);
        }

        String described() {
            if (what.startsWith("compressed")) {
                return "looks like " + what + ": publish JSON as it is, and let Kafka compress it (compression.type)";
            }
            return "looks like " + what + ": publish JSON in UTF-8";
        }
    }

    private Lookalike() {}

    /** What a value that is not JSON looks like; empty if that is not clear. */
    static Optional<String> ofBytes(byte[] value) {
        for (var beginning : Beginning.values()) {
            if (beginning.isOf(value)) {
                return Optional.of("the value " + beginning.described());
            }
        }
        return encoding(value)
                .or(() -> registry(value))
                .or(() -> otherCharset(value))
                .map(what -> "the value " + what);
    }

    /** Recognises UTF-16 and UTF-32 without a byte order mark by the zero bytes of a first character that is ASCII. */
    private static Optional<String> encoding(byte[] value) {
        if (value.length < 4) {
            return Optional.empty();
        }
        int zeros =
                (value[0] == 0 ? 8 : 0) | (value[1] == 0 ? 4 : 0) | (value[2] == 0 ? 2 : 0) | (value[3] == 0 ? 1 : 0);
        return switch (zeros) {
            case 0b1110, 0b0111 ->
                value.length % 4 == 0 && isJsonStart(value[0] | value[3])
                        ? Optional.of(Beginning.UTF_32BE.described())
                        : Optional.empty();
            case 0b1010, 0b0101 ->
                isJsonStart(value[0] | value[1]) ? Optional.of(Beginning.UTF_16BE.described()) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean isJsonStart(int character) {
        return "{[\" \t\r\n".indexOf(character) >= 0;
    }

    /** Recognises the prefixes that the serializers of Confluent's and AWS Glue's schema registries write. */
    private static Optional<String> registry(byte[] value) {
        if (value.length > SCHEMA_ID + Integer.BYTES && value[0] == 0) {
            return Optional.of("starts with a schema registry's prefix, schema id "
                    + ByteBuffer.wrap(value, SCHEMA_ID, Integer.BYTES).getInt() + ": publish JSON");
        }
        if (value.length > 18 && value[0] == 3 && (value[1] == 0 || value[1] == 5)) {
            return Optional.of("starts with AWS Glue's schema registry's prefix: publish JSON");
        }
        return Optional.empty();
    }

    private static Optional<String> otherCharset(byte[] value) {
        if (Utf8.textOrNull(value) != null) {
            return Optional.empty();
        }
        for (byte each : value) {
            if (each >= 0 && each < ' ' && each != '\t' && each != '\r' && each != '\n') {
                return Optional.of("is " + value.length + " bytes of binary: publish JSON in UTF-8");
            }
        }
        return Optional.of(
                "is text in an encoding other than UTF-8, such as ISO-8859-1 or Windows-1252: publish UTF-8");
    }

    /** What a JSON string looks like that was published in the place of an object; empty if that is not clear. */
    static String ofText(String text) {
        var inside = text.strip();
        return inside.startsWith("{") || inside.startsWith("[")
                ? ", and holds JSON: it was encoded twice, publish the object itself"
                : "";
    }

    /** What a record looks like that is not a plain JSON action; empty if that is not clear. */
    static Optional<String> ofRecord(RawRecord record) {
        var headers = record.headers().stream().map(RawRecord.Header::name).toList();
        var ofHttp = headers.stream().filter(Lookalike::isOfHttp).toList();
        if (!ofHttp.isEmpty()) {
            return Optional.of("it looks like a CloudEvent with the header names of HTTP (" + String.join(", ", ofHttp)
                    + "): in Kafka they are ce_specversion, ce_id, ce_source, ce_type, ce_subject and ce_time");
        }
        var value = record.value();
        if (value == null) {
            return Optional.empty();
        }
        try {
            return ofObject(value);
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static boolean isOfHttp(String header) {
        var name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("ce-") || name.startsWith("cloudevents:") || name.startsWith("cloudevents_");
    }

    private static Optional<String> ofObject(byte[] value) throws IOException {
        Set<String> names = new HashSet<>();
        Set<String> inPayload = new HashSet<>();
        try (var parser = JSON.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            for (var name = parser.nextFieldName();
                    name != null && names.size() < MOST_NAMES;
                    name = parser.nextFieldName()) {
                names.add(name);
                if (parser.nextToken() == JsonToken.START_OBJECT && name.equals("payload")) {
                    for (var inner = parser.nextFieldName();
                            inner != null && inPayload.size() < MOST_NAMES;
                            inner = parser.nextFieldName()) {
                        inPayload.add(inner);
                        parser.nextToken();
                        parser.skipChildren();
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return ofNames(names, inPayload);
    }

    private static Optional<String> ofNames(Set<String> names, Set<String> inPayload) {
        if (names.contains("specversion")) {
            return Optional.of("it looks like a CloudEvent in structured mode: give the record the header content-type:"
                    + " application/cloudevents+json");
        }
        if (isDebezium(names) || isDebezium(inPayload)) {
            return Optional.of(
                    "it looks like Debezium's envelope of a changed row: publish actions from an outbox table with"
                            + " Debezium's outbox event router, or have ExtractNewRecordState unwrap it");
        }
        if (names.contains("schema") && names.contains("payload") && !names.contains("id")) {
            return Optional.of(
                    "it looks like Kafka Connect's JSON with a schema: set value.converter.schemas.enable=false");
        }
        return similar(names);
    }

    private static boolean isDebezium(Set<String> names) {
        return names.contains("op")
                && (names.contains("before") || names.contains("after"))
                && (names.contains("source") || names.contains("ts_ms"));
    }

    private static Optional<String> similar(Set<String> names) {
        List<String> found = new ArrayList<>();
        for (var field : List.of("id", "type", "userId", "occurredAt", "payload")) {
            if (!names.contains(field)) {
                names.stream()
                        .filter(isLike(field))
                        .sorted()
                        .findFirst()
                        .ifPresent(name -> found.add(name + " instead of " + field));
            }
        }
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of("it has " + String.join(", ", found) + ": the names of fields must match exactly");
    }

    private static Predicate<String> isLike(String field) {
        return name -> {
            var bare = name.replaceAll("[_\\- ]", "").toLowerCase(Locale.ROOT);
            return bare.equals(field.toLowerCase(Locale.ROOT))
                    || (field.equals("userId") && (bare.equals("user") || bare.equals("uid")))
                    || (field.equals("occurredAt") && (bare.equals("time") || bare.equals("timestamp")))
                    || (field.equals("payload") && bare.equals("data"));
        };
    }
}
