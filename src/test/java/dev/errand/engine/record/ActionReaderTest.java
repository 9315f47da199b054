package dev.errand.engine.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RawRecord;
import dev.errand.action.RawRecord.Header;
import dev.errand.action.RecordPosition;
import dev.errand.action.TraceContext;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActionReaderTest {

    private static final RecordPosition HERE = new RecordPosition("user-actions", 3, 17);

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static final String VALID = """
            {"id":"a-1","type":"order.placed","userId":"u-42","occurredAt":"2026-11-22T05:00:00.123456Z",
             "payload":{"total":1.50,"note":"straße"}}""";

    private final ActionReader reader = new ActionReader(limits(), KeyFormat.TEXT);

    @Test
    void shouldNotLookIntoARecordThatIsTooLarge() {
        var value = (VALID + " ".repeat(8 << 20)).getBytes(StandardCharsets.UTF_8);
        var record = new RawRecord(HERE, 0, null, value, List.of());

        assertThat(reader.read(record))
                .isEqualTo(new DecodedRecord.UnreadableRecord(
                        "the record has " + value.length + " bytes, more than 8388608", ""));
    }

    @Test
    void shouldReadAnActionWithItsPayloadAsPublished() {
        var decoded = read(bytes("u-42"), bytes(VALID));

        assertThat(decoded)
                .isEqualTo(new DecodedRecord.ReadableRecord(new Action<>(
                        new ActionKey("", "a-1"),
                        "order.placed",
                        "u-42",
                        Instant.parse("2026-11-22T05:00:00.123456Z"),
                        "{\"total\":1.50,\"note\":\"straße\"}",
                        null,
                        HERE)));
    }

    @Test
    void shouldTakeTheUserIdForAMissingKey() {
        assertThat(read(null, bytes(VALID))).isInstanceOf(DecodedRecord.ReadableRecord.class);
        assertThat(read(new byte[0], bytes(VALID))).isInstanceOf(DecodedRecord.ReadableRecord.class);
        assertThat(user(bytes(VALID))).isEqualTo("u-42");
    }

    @Test
    void shouldReadSourceAndOffsetTimesAndIgnoreUnknownFields() {
        var text = VALID.replace("\"id\"", "\"source\":\"shop\",\"extra\":[{}],\"id\"")
                .replace("05:00:00.123456Z", "06:00:00.123456789+01:00");

        var decoded = read(bytes("u-42"), bytes(text));

        assertThat(decoded).isInstanceOfSatisfying(DecodedRecord.ReadableRecord.class, readable -> {
            assertThat(readable.action().key()).isEqualTo(new ActionKey("shop", "a-1"));
            assertThat(readable.action().occurredAt()).isEqualTo("2026-11-22T05:00:00.123456Z");
        });
    }

    @ParameterizedTest
    @MethodSource("scalarPayloads")
    void shouldReadPayloadsOfEveryKind(String payload) {
        var text =
                VALID.replaceFirst("\"payload\":.*\\}\\}", Matcher.quoteReplacement("\"payload\": " + payload + " }"));

        var decoded = read(bytes("u-42"), bytes(text));

        assertThat(decoded).isInstanceOfSatisfying(DecodedRecord.ReadableRecord.class, readable -> assertThat(
                        readable.action().payload())
                .isEqualTo(payload));
    }

    static Stream<String> scalarPayloads() {
        return Stream.of("null", "true", "-12.50e3", "\"a \\\" b\"", "[1, [2]]", "{}", "\"" + "é".repeat(9000) + "\"");
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void shouldSayWhatIsWrong(String key, String value, String reason) {
        var decoded = read(bytes(key), value == null ? null : bytes(value));

        assertThat(decoded).isInstanceOfSatisfying(DecodedRecord.UnreadableRecord.class, unreadable -> assertThat(
                        unreadable.reason())
                .contains(reason));
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                Arguments.of("u-42", null, "tombstone"),
                Arguments.of("u-42", "", "the record's value is empty"),
                Arguments.of("u-42", "  ", "the value is blank"),
                Arguments.of("u-42", "[]", "a JSON array, not a JSON object"),
                Arguments.of("u-42", "hello", "not valid JSON"),
                Arguments.of("u-42", VALID.substring(0, 60), "not valid JSON"),
                Arguments.of("u-42", VALID + "{}", "goes on after its JSON object"),
                Arguments.of("u-42", VALID.replace("\"a-1\"", "17"), "id is a JSON number, not a string"),
                Arguments.of("u-42", VALID.replace("\"a-1\"", "null"), "id is a JSON null, not a string"),
                Arguments.of("u-42", VALID.replace("\"a-1\"", "\"\""), "id is empty"),
                Arguments.of("u-42", VALID.replace("a-1", "x".repeat(65)), "id has 65 characters, more than 64"),
                Arguments.of("u-42", VALID.replace("a-1", "\\ud800"), "half a surrogate pair"),
                Arguments.of("u-42", VALID.replace("\"id\":\"a-1\",", ""), "id is missing"),
                Arguments.of("u-42", VALID.replace("\"id\":", "\"id\":\"b\",\"id\":"), "Duplicate field 'id'"),
                Arguments.of("u-42", VALID.replace("\"type\":\"order.placed\",", ""), "type is missing"),
                Arguments.of("u-42", VALID.replace("order.placed", "order placed"), "only A-Z a-z 0-9 . _ -"),
                Arguments.of("u-42", VALID.replace("order.placed", "t".repeat(101)), "type has 101 characters"),
                Arguments.of("u-42", VALID.replace("\"userId\":\"u-42\",", ""), "userId is missing"),
                Arguments.of("u-42", VALID.replace("u-42", "u-43"), "key is \"u-42\" but userId is \"u-43\""),
                Arguments.of("u-42", VALID.replaceFirst(",\n *\"payload\".*", "}"), "payload is missing"),
                Arguments.of("u-42", VALID.replaceFirst("\"occurredAt\":\"[^\"]*\",", ""), "occurredAt is missing"),
                Arguments.of("u-42", VALID.replace("T05", " 05"), "not a time such as"),
                Arguments.of("u-42", VALID.replace("2026-", "0000-"), "only the years 1000 to 9999"),
                Arguments.of("u-42", VALID.replace("2026-11", "2026-13"), "there is no such day"),
                Arguments.of(
                        "u-42",
                        VALID.replace("2026-11-22T05:00:00.123456Z", "9999-12-31T23:59:59-01:00"),
                        "only the years 1000 to 9999"),
                Arguments.of(
                        "u-42",
                        VALID.replace("\"id\"", "\"source\":\"" + "s".repeat(129) + "\",\"id\""),
                        "source has 129 characters, more than 128"),
                Arguments.of("u-42", VALID.replace("straße", "x".repeat(70_000)), "errand.limits.payload"),
                Arguments.of("u-42", VALID.replace("1.50", "[".repeat(32) + "]".repeat(32)), "32 levels deep"));
    }

    @Test
    void shouldTellBrokenUtf8InKeyAndValue() {
        byte[] broken = bytes(VALID.replace("straße", "stra§e"));
        broken[new String(broken, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('§')] = (byte) 0xff;

        assertThat(read(bytes("u-42"), broken)).isInstanceOf(DecodedRecord.UnreadableRecord.class);
        assertThat(read(new byte[] {(byte) 0xc3}, bytes(VALID)))
                .isEqualTo(new DecodedRecord.UnreadableRecord(
                        "the key is 1 byte of binary (c3): publish the user id as text, in UTF-8"
                                + " and without control characters",
                        ""));
    }

    @Test
    void shouldTellOtherEncodings() {
        for (var charset : List.of("UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32BE")) {
            var encoded = VALID.getBytes(Charset.forName(charset));

            assertThat(read(bytes("u-42"), encoded)).isInstanceOf(DecodedRecord.UnreadableRecord.class);
            assertThat(user(encoded)).isEmpty();
        }
    }

    @Test
    void shouldFindNoUserInARecordThatTellsNone() {
        assertThat(user(null)).isEmpty();
        assertThat(user(bytes("{"))).isEmpty();
    }

    @Test
    void shouldTakePlainJsonForWhatItIsWhateverHeadersItHas() {
        var record = new RawRecord(
                HERE,
                0,
                bytes("u-42"),
                bytes(VALID),
                List.of(
                        new Header("content-type", bytes("application/json")),
                        new Header("content-type", null),
                        new Header("ce_subject", bytes("somebody-else")),
                        new Header("x", new byte[] {(byte) 0xff})));

        assertThat(reader.read(record)).isEqualTo(read(bytes("u-42"), bytes(VALID)));
        assertThat(reader.read(record).user()).isEqualTo("u-42");
    }

    @Test
    void shouldHandOnTheTraceOfTheRecordsHeaders() {
        // Given
        var plain = new TraceContext(TRACE, null);

        // Then
        assertThat(trace(
                        new Header("traceparent", bytes("later overwritten")),
                        new Header("traceparent", bytes(TRACE)),
                        new Header("traceparent", bytes("half-written"))))
                .isEqualTo(plain);
        assertThat(trace(new Header("Traceparent", bytes(TRACE)))).isEqualTo(plain);
        assertThat(trace(new Header("traceparent", bytes(TRACE.replaceFirst("00-", "cc-")))))
                .as("a later version is read as far as this one goes")
                .isEqualTo(plain);
        assertThat(trace(
                        new Header("tracestate", bytes("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7")),
                        new Header("traceparent", bytes(TRACE))))
                .isEqualTo(new TraceContext(TRACE, "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"));
        for (var invalid : List.of("no state", "a=b=c", "x".repeat(513), "é=1")) {
            assertThat(trace(new Header("traceparent", bytes(TRACE)), new Header("tracestate", bytes(invalid))))
                    .as(invalid)
                    .isEqualTo(plain);
        }
        assertThat(trace(new Header("tracestate", bytes("a=1")))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333é-01",
            })
    void shouldHandOnNoTraceThatIsNotWellFormed(String value) {
        assertThat(trace(new Header("traceparent", bytes(value)))).isNull();
    }

    @Test
    void shouldReadAnActionGivenByHand() {
        assertThat(reader.read(VALID, HERE)).isEqualTo(read(null, bytes(VALID)));
        assertThat(reader.unfitPayload("{}")).isEmpty();
        assertThat(reader.unfitPayload("[".repeat(33) + "]".repeat(33)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("payload may be 32 levels deep"));
    }

    @Test
    void shouldRefuseHalfASurrogatePairThatAnOperatorEnters() {
        // As a JSON mapper hands it on, and as somebody types it
        for (var half : List.of("\ud800", "\udc00", "\\ud800")) {
            assertThat(reader.unfitPayload("{\"card\":[\"4" + half + "\"]}"))
                    .hasValueSatisfying(
                            reason -> assertThat(reason).startsWith("payload.card[0] has half a surrogate pair"));
            assertThat(reader.read(VALID.replace("straße", half), HERE))
                    .isInstanceOfSatisfying(
                            DecodedRecord.UnreadableRecord.class,
                            unreadable -> assertThat(unreadable.reason()).contains("payload.note has half"));
        }
        assertThat(reader.unfitPayload("{\"whole\":\"\ud83d\ude00\"}")).isEmpty();
    }

    private @Nullable TraceContext trace(Header... headers) {
        var record = new RawRecord(HERE, 0, bytes("u-42"), bytes(VALID), List.of(headers));
        return reader.read(record) instanceof DecodedRecord.ReadableRecord readable
                ? readable.action().traceContext()
                : new TraceContext("not read", null);
    }

    private DecodedRecord read(byte @Nullable [] key, byte @Nullable [] value) {
        return reader.read(new RawRecord(HERE, 0, key, value, List.of()));
    }

    private String user(byte @Nullable [] value) {
        return reader.read(new RawRecord(HERE, 0, null, value, List.of())).user();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static LimitsConfig limits() {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(LimitsConfig.class)
                .build()
                .getConfigMapping(LimitsConfig.class);
    }
}
