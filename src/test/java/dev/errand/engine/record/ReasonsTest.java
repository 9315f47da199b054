package dev.errand.engine.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.RawRecord;
import dev.errand.action.RawRecord.Header;
import dev.errand.action.RecordPosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reason tells a publisher what its record looks like and what to do, without the terms of a parser. */
class ReasonsTest {

    private static final String ACTION = """
            {"id":"a-1","type":"order.placed","userId":"u-42","occurredAt":"2026-11-22T05:00:00Z","payload":{"name":"straße"}}""";

    private final ActionReader reader = new ActionReader(ActionReaderTest.limits(), KeyFormat.TEXT);

    @ParameterizedTest
    @MethodSource
    void shouldNameWhatBytesLookLike(byte[] value, String reason) {
        assertThat(reason(value)).isEqualTo("the value " + reason);
    }

    static Stream<Arguments> shouldNameWhatBytesLookLike() throws IOException {
        var action = ACTION.getBytes(UTF_8);
        return Stream.of(
                Arguments.of(
                        concat(new byte[] {0, 0, 0, 0, 7}, action),
                        "starts with a schema registry's prefix, schema id 7: publish JSON"),
                Arguments.of(
                        new byte[] {0, 0, 1, 0, 0, 2, 6, 'u', '-', '1'},
                        "starts with a schema registry's prefix, schema id 65536: publish JSON"),
                Arguments.of(
                        concat(new byte[] {3, 0}, new byte[16], action),
                        "starts with AWS Glue's schema registry's prefix: publish JSON"),
                Arguments.of(gzip(action), compressed("gzip")),
                Arguments.of(deflate(action), compressed("zlib")),
                Arguments.of(compress(CompressionType.ZSTD, action), compressed("zstd")),
                Arguments.of(compress(CompressionType.LZ4, action), compressed("lz4")),
                Arguments.of(compress(CompressionType.SNAPPY, action), compressed("snappy")),
                Arguments.of(ACTION.getBytes(Charset.forName("UTF-16")), encoded("UTF-16")),
                Arguments.of(ACTION.getBytes(Charset.forName("UTF-16LE")), encoded("UTF-16")),
                Arguments.of(ACTION.getBytes(Charset.forName("UTF-16BE")), encoded("UTF-16")),
                Arguments.of(ACTION.getBytes(Charset.forName("UTF-32")), encoded("UTF-32")),
                Arguments.of(ACTION.getBytes(Charset.forName("UTF-32LE")), encoded("UTF-32")),
                Arguments.of(
                        ACTION.getBytes(Charset.forName("ISO-8859-1")),
                        "is text in an encoding other than UTF-8, such as ISO-8859-1 or Windows-1252: publish UTF-8"),
                Arguments.of("<action/>".getBytes(UTF_8), encoded("XML")),
                Arguments.of(
                        new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 't', 0, 1, 'a'},
                        encoded("a serialized Java object")),
                Arguments.of(new byte[] {'O', 'b', 'j', 1, 2, 3}, encoded("an Avro container file")),
                Arguments.of(
                        new byte[] {(byte) 0x82, (byte) 0xa2, 'i', 'd', 1, 2, (byte) 0xff},
                        "is 7 bytes of binary: publish JSON in UTF-8"));
    }

    private static String compressed(String how) {
        return "looks like compressed bytes (" + how
                + "): publish JSON as it is, and let Kafka compress it (compression.type)";
    }

    private static String encoded(String how) {
        return "looks like " + (how.startsWith("UTF") ? "text in " + how : how) + ": publish JSON in UTF-8";
    }

    @ParameterizedTest
    @MethodSource
    void shouldNameWhatJsonLooksLike(String value, String reason) {
        assertThat(reason(value.getBytes(UTF_8))).contains(reason);
    }

    static Stream<Arguments> shouldNameWhatJsonLooksLike() {
        return Stream.of(
                Arguments.of(
                        "[" + ACTION + "]",
                        "the value is a JSON array, not a JSON object: publish each action as a record of its own"),
                Arguments.of(ACTION + "\n" + ACTION, "publish each action as a record of its own"),
                Arguments.of(
                        "\"" + ACTION.replace("\"", "\\\"") + "\"",
                        "the value is a JSON string, not a JSON object, and holds JSON: it was encoded twice"),
                Arguments.of(
                        "\"" + Base64.getEncoder().encodeToString(ACTION.getBytes(UTF_8)) + "\"",
                        "the value is a JSON string, not a JSON object"),
                Arguments.of(
                        "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}",
                        "it looks like a CloudEvent in structured mode: give the record the header content-type:"
                                + " application/cloudevents+json"),
                Arguments.of(
                        "{\"before\":null,\"after\":{\"id\":1},\"source\":{},\"op\":\"c\",\"ts_ms\":1}",
                        "it looks like Debezium's envelope"),
                Arguments.of(
                        "{\"schema\":{},\"payload\":{\"before\":null,\"after\":{},\"source\":{},\"op\":\"c\"}}",
                        "it looks like Debezium's envelope"),
                Arguments.of(
                        "{\"schema\":{\"type\":\"struct\"},\"payload\":{\"id\":1}}",
                        "it looks like Kafka Connect's JSON with a schema: set value.converter.schemas.enable=false"),
                Arguments.of(ACTION.replace("userId", "user_id"), "it has user_id instead of userId"),
                Arguments.of(ACTION.replace("occurredAt", "OccurredAt"), "it has OccurredAt instead of occurredAt"));
    }

    @Test
    void shouldNameTheHeadersOfHttp() {
        var record = record(
                "{}".getBytes(UTF_8),
                new Header("ce-id", "a".getBytes(UTF_8)),
                new Header("ce-type", "t".getBytes(UTF_8)));

        assertThat(reason(record))
                .contains("with the header names of HTTP (ce-id, ce-type): in Kafka they are ce_specversion, ce_id");
    }

    @Test
    void shouldRefuseDataThatIsNoJsonByName() {
        var record = record(
                "<a/>".getBytes(UTF_8),
                new Header("ce_specversion", "1.0".getBytes(UTF_8)),
                new Header("ce_id", "a".getBytes(UTF_8)),
                new Header("ce_source", "s".getBytes(UTF_8)),
                new Header("ce_type", "t".getBytes(UTF_8)),
                new Header("ce_datacontenttype", "application/xml".getBytes(UTF_8)));

        assertThat(reason(record))
                .isEqualTo("ce_datacontenttype is \"application/xml\": an action's payload is JSON, publish it as"
                        + " application/json");
    }

    @ParameterizedTest
    @MethodSource
    void shouldSayWhereJsonIsWrong(String value, String reason) {
        assertThat(reason(value.getBytes(UTF_8))).startsWith("the value is not valid JSON at " + reason);
    }

    static Stream<Arguments> shouldSayWhereJsonIsWrong() {
        return Stream.of(
                Arguments.of("{\"id\":\"a\",}", "line 1, column 11, near {\"id\":\"a\",}: "),
                Arguments.of("{\n \"id\": 'a'}", "line 2, column 8, near {· \"id\": 'a'}: "),
                Arguments.of("{'id':1}", "line 1, column 2, near {'id':1}: "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-Infinity}",
                "{\"a\":+1}",
                "{\"a\":01}",
                "{\"a\":.5}",
                "{\"a\":5.}",
                "{\"a\":1e}",
                "{\"a\":0x1f}",
                "{\"a\":True}",
                "{\"a\":undefined}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{\"a\" 1}",
                "{\"a\":\"b\nc\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"unfinished",
                "{\"a\":[1,2",
                "{\"a\":1]",
                "{\"a\":1} x",
                "// c\n{}",
                "{/* c */}",
                "# c\n{}",
                "{\"a\":1,\"a\":2}",
                "hello",
                "{",
                "}",
                "{\"a\":tru}",
                "\u007b\u0001}",
            })
    void shouldNotSpeakOfItsParser(String value) {
        // When
        var reason = reason(value.getBytes(UTF_8));

        // Then
        assertThat(reason)
                .matches("(?s)the value (is not valid JSON at line \\d+, column \\d+, near .+: .+|goes on after .+)")
                .doesNotContainIgnoringCase(
                        "Feature",
                        "Jackson",
                        "Source",
                        "REDACTED",
                        "enable",
                        "Constraints",
                        "parser",
                        "code ",
                        "token ");
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuseWhatCanNotBeKept(String payload, String reason) {
        assertThat(reason(ACTION.replace("{\"name\":\"straße\"}", payload).getBytes(UTF_8)))
                .startsWith(reason);
    }

    static Stream<Arguments> shouldRefuseWhatCanNotBeKept() {
        var half = " has half a surrogate pair, which is no character";
        return Stream.of(
                Arguments.of("\"caf\\ud83d\"", "payload" + half),
                Arguments.of("{\"a\":[{\"b\":\"\\uDE00x\"}]}", "payload.a[0].b" + half),
                Arguments.of("{\"a\":\"\\ude00\\ud83d\"}", "payload.a" + half),
                Arguments.of("{\"n\":1e309}", "payload.n is 1e309: a number must be 0, or have a size between"),
                Arguments.of("{\"n\":[-1E+400]}", "payload.n[0] is -1E+400: a number must be 0"),
                Arguments.of("1e-400", "payload is 1e-400: a number must be 0"),
                Arguments.of("1e99999999999", "payload is 1e99999999999: a number must be 0"),
                Arguments.of("0e99999999999", "payload is 0e99999999999: a number must be 0"),
                Arguments.of("9".repeat(400), "payload is " + "9".repeat(40) + "…: a number must be 0"),
                Arguments.of("1" + "0".repeat(1200), "the JSON exceeds a limit: Number value length (1201)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\\ud83d\":1}", "{\"a\":{\"\\udfff\":1}}", "{\"a\\udfffb\":1}", "{\"\\ud83d\\ud83d\":1}"})
    void shouldRefuseANameThatCanNotBeKept(String payload) {
        assertThat(reason(ACTION.replace("{\"name\":\"straße\"}", payload).getBytes(UTF_8)))
                .startsWith("the value is not valid JSON at line 1, column ")
                .endsWith(": a name has half a surrogate pair, which is no character");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\\ud83d\\ude00\"",
                "\"😀\"",
                "{\"n\":12345678901234567.89}",
                "{ \"n\" : 1.10 , \"b\":1E+2 }",
                "1.7976931348623157e308",
                "4.9e-324",
                "0e99",
                "-0.0",
                "\"\\u0000\"",
                "\"\\\\ud83d\"",
                "\"\uffff\"",
            })
    void shouldTakeTheRestAsItIs(String payload) {
        var decoded = reader.read(
                record(ACTION.replace("{\"name\":\"straße\"}", payload).getBytes(UTF_8)));

        assertThat(decoded).isInstanceOfSatisfying(DecodedRecord.ReadableRecord.class, readable -> assertThat(
                        readable.action().payload())
                .isEqualTo(payload));
    }

    @Test
    void shouldTakeAValueWithAByteOrderMark() {
        var decoded = reader.read(record(("\ufeff" + ACTION).getBytes(UTF_8)));

        assertThat(decoded).isInstanceOfSatisfying(DecodedRecord.ReadableRecord.class, readable -> assertThat(
                        readable.action().payload())
                .isEqualTo("{\"name\":\"straße\"}"));
    }

    private String reason(byte @Nullable [] value) {
        return reason(record(value));
    }

    private String reason(RawRecord record) {
        return reader.read(record) instanceof DecodedRecord.UnreadableRecord unreadable
                ? unreadable.reason()
                : "none, it can be read";
    }

    private static RawRecord record(byte @Nullable [] value, Header... headers) {
        return new RawRecord(new RecordPosition("user-actions", 0, 0), 0, null, value, List.of(headers));
    }

    private static byte[] concat(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var all = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(all)) {
            gzip.write(bytes);
        }
        return all.toByteArray();
    }

    private static byte[] deflate(byte[] bytes) throws IOException {
        var all = new ByteArrayOutputStream();
        try (var deflate = new DeflaterOutputStream(all)) {
            deflate.write(bytes);
        }
        return all.toByteArray();
    }

    private static byte[] compress(CompressionType type, byte[] bytes) throws IOException {
        var all = new ByteBufferOutputStream(1000);
        try (var out = Compression.of(type).build().wrapForOutput(all, RecordBatch.CURRENT_MAGIC_VALUE)) {
            out.write(bytes);
        }
        return Arrays.copyOf(all.buffer().array(), all.buffer().position());
    }
}
