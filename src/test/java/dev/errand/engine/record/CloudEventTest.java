package dev.errand.engine.record;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RawRecord;
import dev.errand.action.RawRecord.Header;
import dev.errand.action.RecordPosition;
import dev.errand.action.TraceContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Actions that arrive as CloudEvents, in structured and in binary mode. */
class CloudEventTest {

    private static final RecordPosition HERE = new RecordPosition("user-actions", 3, 17);
    private static final Instant PUBLISHED = Instant.parse("2026-11-22T06:00:00.789Z");
    private static final String PAYLOAD = "{\"total\":1.50,\"note\":\"straße\"}";
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String OTHER_TRACE = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00";

    private static final String STRUCTURED = """
            {"specversion":"1.0","id":"a-1","source":"/shop","type":"order.placed","subject":"u-42",
             "time":"2026-11-22T05:00:00.123456Z","datacontenttype":"application/json","data":%s}""".formatted(PAYLOAD);

    private final ActionReader reader = new ActionReader(ActionReaderTest.limits(), KeyFormat.TEXT);

    /** A valid record, of which tests make variants. */
    private record Given(byte @Nullable [] key, byte @Nullable [] value, long timestamp, List<Header> headers) {

        static Given structured(String value) {
            return new Given(bytes("u-42"), bytes(value), PUBLISHED.toEpochMilli(), List.of())
                    .with("content-type", "application/cloudevents+json");
        }

        static Given binary() {
            return new Given(bytes("u-42"), bytes(PAYLOAD), PUBLISHED.toEpochMilli(), List.of())
                    .with("ce_specversion", "1.0")
                    .with("ce_id", "a-1")
                    .with("ce_source", "/shop")
                    .with("ce_type", "order.placed")
                    .with("ce_subject", "u-42")
                    .with("ce_time", "2026-11-22T05:00:00.123456Z")
                    .with("content-type", "application/json");
        }

        Given keyed(byte @Nullable [] other) {
            return new Given(other, value, timestamp, headers);
        }

        Given valued(byte @Nullable [] other) {
            return new Given(key, other, timestamp, headers);
        }

        Given at(long other) {
            return new Given(key, value, other, headers);
        }

        Given without(String name) {
            return new Given(
                    key,
                    value,
                    timestamp,
                    headers.stream()
                            .filter(header -> !header.name().equals(name))
                            .toList());
        }

        Given with(String name, @Nullable String content) {
            return with(name, content == null ? null : bytes(content));
        }

        Given with(String name, byte @Nullable [] content) {
            return without(name).and(name, content);
        }

        Given and(String name, byte @Nullable [] content) {
            var more = new ArrayList<>(headers);
            more.add(new Header(name, content));
            return new Given(key, value, timestamp, more);
        }

        RawRecord record() {
            return new RawRecord(HERE, timestamp, key, value, headers);
        }
    }

    static Stream<Given> bothModes() {
        return Stream.of(Given.structured(STRUCTURED), Given.binary());
    }

    @ParameterizedTest
    @MethodSource("bothModes")
    void shouldReadAnEventWithItsDataAsPublished(Given given) {
        assertThat(reader.read(given.record()))
                .isEqualTo(new DecodedRecord.ReadableRecord(new Action<>(
                        new ActionKey("/shop", "a-1"),
                        "order.placed",
                        "u-42",
                        Instant.parse("2026-11-22T05:00:00.123456Z"),
                        PAYLOAD,
                        null,
                        HERE)));
    }

    @ParameterizedTest
    @MethodSource("bothModes")
    void shouldTakeTheSubjectForAMissingKey(Given given) {
        for (var key : new byte[][] {null, {}}) {
            var record = given.keyed(key).record();

            assertThat(action(record).userId()).isEqualTo("u-42");
            assertThat(reader.read(record).user()).isEqualTo("u-42");
        }
    }

    static Stream<Given> withoutSubject() {
        return Stream.of(
                Given.structured(STRUCTURED.replace("\"subject\":\"u-42\",", "")),
                Given.structured(STRUCTURED.replace("\"subject\":\"u-42\"", "\"subject\":null")),
                Given.binary().without("ce_subject"),
                Given.binary().with("ce_subject", (String) null));
    }

    @ParameterizedTest
    @MethodSource("withoutSubject")
    void shouldTakeTheKeyForAMissingSubject(Given given) {
        assertThat(action(given.record()).userId()).isEqualTo("u-42");
        assertThat(reader.read(given.record()).user()).isEqualTo("u-42");
    }

    @ParameterizedTest
    @MethodSource("withoutSubject")
    void shouldRejectAnEventThatIsNobodys(Given given) {
        var record = given.keyed(null).record();

        assertThat(reason(record))
                .startsWith("the user id is missing: set")
                .contains("subject", "or the record's key to it");
        assertThat(reader.read(record).user()).isEmpty();
    }

    static Stream<Given> withoutTime() {
        return Stream.of(
                Given.structured(STRUCTURED.replace("\"time\":\"2026-11-22T05:00:00.123456Z\",", "")),
                Given.structured(STRUCTURED.replace("\"2026-11-22T05:00:00.123456Z\"", "null")),
                Given.binary().without("ce_time"),
                Given.binary().with("ce_time", (String) null));
    }

    @ParameterizedTest
    @MethodSource("withoutTime")
    void shouldTakeTheRecordsTimestampForAMissingTime(Given given) {
        assertThat(action(given.record()).occurredAt()).isEqualTo(PUBLISHED);
        assertThat(reason(given.at(ConsumerRecord.NO_TIMESTAMP).record())).contains("time is missing", "no timestamp");
        assertThat(reason(given.at(Long.MAX_VALUE).record())).contains("only the years 1000 to 9999");
    }

    static Stream<Given> withoutData() {
        return Stream.of(
                Given.structured(STRUCTURED.replace(",\"data\":" + PAYLOAD, "")),
                Given.structured(STRUCTURED.replace(PAYLOAD, "null")),
                Given.structured(STRUCTURED.replace("\"data\":" + PAYLOAD, "\"data_base64\":null")),
                Given.binary().valued(null),
                Given.binary().valued(new byte[0]),
                Given.binary().valued(bytes("null")));
    }

    @ParameterizedTest
    @MethodSource("withoutData")
    void shouldTakeNullForMissingData(Given given) {
        assertThat(action(given.record()).payload()).isEqualTo("null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/cloudevents+json",
                "application/cloudevents+json; charset=utf-8",
                "Application/CloudEvents+JSON;charset=UTF-8",
                "application/cloudevents+json ;x=y;z",
            })
    void shouldTellStructuredModeByTheContentType(String contentType) {
        var given = Given.structured(STRUCTURED);

        assertThat(action(given.with("content-type", contentType).record()).userId())
                .isEqualTo("u-42");
        assertThat(action(given.without("content-type")
                                .with("Content-Type", contentType)
                                .record())
                        .userId())
                .isEqualTo("u-42");
    }

    /** By the Kafka binding, headers may repeat attributes, and the value takes precedence. */
    @Test
    void shouldReadStructuredModeWhereHeadersSayMore() {
        var given = Given.structured(STRUCTURED).with("ce_id", "another").with("ce_subject", "somebody-else");

        assertThat(action(given.record()).key()).isEqualTo(new ActionKey("/shop", "a-1"));
        assertThat(reader.read(given.keyed(null).record()).user()).isEqualTo("u-42");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON; charset=utf-8",
                "application/vnd.shop.order+json",
                "text/json",
            })
    void shouldReadEveryMediaTypeOfJson(String mediaType) {
        assertThat(action(Given.binary().with("content-type", mediaType).record())
                        .payload())
                .isEqualTo(PAYLOAD);
        assertThat(action(Given.structured(STRUCTURED.replace("application/json", mediaType))
                                .record())
                        .payload())
                .isEqualTo(PAYLOAD);
    }

    @Test
    void shouldTakeDataForJsonWhereNoContentTypeSaysSo() {
        assertThat(action(Given.binary().without("content-type").record()).payload())
                .isEqualTo(PAYLOAD);
        assertThat(action(Given.structured(STRUCTURED.replace("\"datacontenttype\":\"application/json\",", ""))
                                .record())
                        .payload())
                .isEqualTo(PAYLOAD);
    }

    @Test
    void shouldIgnoreExtensions() {
        var structured = STRUCTURED.replace("\"id\"", "\"partitionkey\":\"x\",\"n\":1,\"o\":{\"id\":2},\"id\"");

        assertThat(reader.read(Given.structured(structured).record()))
                .isEqualTo(reader.read(Given.structured(STRUCTURED).record()));
        assertThat(reader.read(Given.binary()
                        .with("ce_partitionkey", "x")
                        .and("ce_x", new byte[] {(byte) 0xff})
                        .and("ce_x", null)
                        .record()))
                .isEqualTo(reader.read(Given.binary().record()));
    }

    @Test
    void shouldTakeLaterVersionsOfCloudEvents1() {
        assertThat(action(Given.binary().with("ce_specversion", "1.1").record()).userId())
                .isEqualTo("u-42");
        assertThat(action(Given.structured(STRUCTURED.replace("\"1.0\"", "\"1.12\""))
                                .record())
                        .userId())
                .isEqualTo("u-42");
    }

    /** Unlike the HTTP binding, the Kafka binding does not percent-encode headers. */
    @Test
    void shouldTakeHeadersAsTheyAre() {
        var given = Given.binary()
                .with("ce_id", "50%25")
                .with("ce_source", "/straße")
                .with("ce_subject", "J%C3%BCrgen")
                .keyed(bytes("J%C3%BCrgen"));

        assertThat(action(given.record()).key()).isEqualTo(new ActionKey("/straße", "50%25"));
        assertThat(action(given.record()).userId()).isEqualTo("J%C3%BCrgen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "-12.50e3", "17", "\"a \\\" b\"", "[1, [2]]", "{}", "\"{\\\"a\\\":1}\""})
    void shouldReadDataOfEveryKind(String data) {
        for (var space : List.of("", " ", "\r\n", "\t \n ")) {
            assertThat(action(Given.binary().valued(bytes(space + data + space)).record())
                            .payload())
                    .isEqualTo(data);
            assertThat(action(Given.structured(STRUCTURED.replace(PAYLOAD, space + data + space))
                                    .record())
                            .payload())
                    .isEqualTo(data);
        }
        assertThat(action(Given.binary().valued(bytes("\ufeff" + data)).record())
                        .payload())
                .isEqualTo(data);
    }

    @Test
    void shouldTakeWhatIsJustWithinTheLimits() {
        var deepest = "[".repeat(32) + "]".repeat(32);
        var largest = "\"" + "x".repeat((1 << 16) - 2) + "\"";

        for (var data : List.of(deepest, largest)) {
            assertThat(action(Given.binary().valued(bytes(data)).record()).payload())
                    .isEqualTo(data);
            assertThat(action(Given.structured(STRUCTURED.replace(PAYLOAD, data))
                                    .record())
                            .payload())
                    .isEqualTo(data);
        }
    }

    @Test
    void shouldHandOnTheTraceOfTheRecordOrElseOfTheEvent() {
        // Given
        var structured = Given.structured(
                STRUCTURED.replace("\"id\"", "\"traceparent\":\"" + TRACE + "\",\"tracestate\":\"a=1,b=2\",\"id\""));
        var binary = Given.binary().with("ce_traceparent", TRACE).with("ce_tracestate", "a=1,b=2");
        var ofEvent = new TraceContext(TRACE, "a=1,b=2");

        // Then
        for (var given : List.of(structured, binary)) {
            assertThat(action(given.record()).traceContext()).isEqualTo(ofEvent);
            assertThat(action(given.with("traceparent", "no trace").record()).traceContext())
                    .isEqualTo(ofEvent);
            assertThat(action(given.with("traceparent", OTHER_TRACE)
                                    .with("tracestate", "c=3")
                                    .record())
                            .traceContext())
                    .isEqualTo(new TraceContext(OTHER_TRACE, "c=3"));
            assertThat(action(given.with("traceparent", OTHER_TRACE).record()).traceContext())
                    .as("without the other trace's state")
                    .isEqualTo(new TraceContext(OTHER_TRACE, null));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"no trace\"", "{\"a\":[1]}", "[]", "17", "null", "true"})
    void shouldReadAnEventWhateverItsTraceIs(String trace) {
        var given = Given.structured(STRUCTURED.replace("\"id\"", "\"traceparent\":" + trace + ",\"id\""));

        assertThat(action(given.record()).traceContext()).isNull();
    }

    @ParameterizedTest
    @MethodSource("invalidStructured")
    void shouldSayWhatIsWrongInStructuredMode(UnaryOperator<String> change, String reason) {
        var given = Given.structured(change.apply(STRUCTURED));

        assertThat(reason(given.record())).contains(reason);
        assertThat(reader.read(given.record()).user()).isEqualTo("u-42");
    }

    static Stream<Arguments> invalidStructured() {
        return Stream.of(
                structured("\"specversion\":\"1.0\",", "", "specversion is missing: a CloudEvent has at least"),
                structured("\"1.0\"", "null", "specversion is missing"),
                structured("\"1.0\"", "\"0.3\"", "specversion is \"0.3\": only CloudEvents 1.x can be read"),
                structured("\"1.0\"", "\"1\"", "specversion is \"1\": only CloudEvents 1.x"),
                structured("\"1.0\"", "\"1.0.2\"", "specversion is \"1.0.2\": only CloudEvents 1.x"),
                structured("\"1.0\"", "1.0", "specversion is a JSON number, not a string"),
                structured("\"id\":\"a-1\",", "", "id is missing: a CloudEvent has at least specversion, id, source"),
                structured("\"a-1\"", "null", "id is missing"),
                structured("\"a-1\"", "17", "id is a JSON number, not a string"),
                structured("a-1", "", "id is empty"),
                structured("a-1", "x".repeat(65), "id has 65 characters, more than 64"),
                structured("a-1", "\\ud800", "id has half a surrogate pair"),
                structured("\"id\":", "\"id\":\"b\",\"id\":", "Duplicate field 'id'"),
                structured("\"total\":", "\"total\":1,\"total\":", "Duplicate field 'total'"),
                structured("\"source\":\"/shop\",", "", "source is missing"),
                structured("/shop", "", "source is empty"),
                structured("/shop", "s".repeat(129), "source has 129 characters, more than 128"),
                structured("\"type\":\"order.placed\",", "", "type is missing"),
                structured("order.placed", "order placed", "type is \"order placed\": only A-Z a-z 0-9 . _ -"),
                structured("order.placed", "t".repeat(101), "type has 101 characters, more than 100"),
                structured("u-42", "u-43", "the record's key is \"u-42\" but subject is \"u-43\": they must be equal"),
                structured("u-42", "", "subject is empty"),
                structured("u-42", "u".repeat(65), "subject has 65 characters, more than 64"),
                structured("\"u-42\"", "[]", "subject is a JSON array, not a string"),
                structured("T05", " 05", "time is \"2026-11-22 05:00:00.123456Z\", not a time such as"),
                structured("2026-", "0000-", "only the years 1000 to 9999"),
                structured("2026-11-22T05:00:00.123456Z", "", "time is \"\", not a time"),
                structured("application/json", "text/plain", "datacontenttype is \"text/plain\": an action's payload"),
                structured("application/json", "application/jsonp", "publish it as application/json"),
                structured("application/json", "json", "datacontenttype is \"json\""),
                structured("application/json", "", "datacontenttype is \"\""),
                structured("\"data\":" + PAYLOAD, "\"data_base64\":\"e30=\"", "data_base64 can't be read"),
                structured("\"data\"", "\"data_base64\":\"e30=\",\"data\"", "publish it as data"),
                structured("straße", "x".repeat(70_000), "data has 70"),
                structured("straße", "x".repeat(70_000), "(errand.limits.payload)"),
                structured("1.50", "[".repeat(32) + "]".repeat(32), "data may be 32 levels deep"),
                structured("}}", "}", "not valid JSON"),
                structured("}}", "}}{}", "goes on after its JSON object"));
    }

    private static Arguments structured(String part, String other, String reason) {
        UnaryOperator<String> change = text -> {
            assertThat(text).contains(part);
            return text.replace(part, other);
        };
        return Arguments.of(change, reason);
    }

    @ParameterizedTest
    @MethodSource("invalidBinary")
    void shouldSayWhatIsWrongInBinaryMode(UnaryOperator<Given> change, String reason) {
        var record = change.apply(Given.binary()).record();

        assertThat(reason(record)).contains(reason);
        assertThat(reader.read(record).user()).isEqualTo("u-42");
    }

    static Stream<Arguments> invalidBinary() {
        return Stream.of(
                binary(it -> it.without("ce_specversion"), "ce_specversion is missing: a CloudEvent has at least the"),
                binary(it -> it.with("ce_specversion", "0.3"), "ce_specversion is \"0.3\": only CloudEvents 1.x can"),
                binary(it -> it.with("ce_specversion", ""), "ce_specversion is \"\": only CloudEvents 1.x"),
                binary(it -> it.without("ce_id"), "ce_id is missing: a CloudEvent has at least the headers"),
                binary(it -> it.with("ce_id", (String) null), "ce_id is missing"),
                binary(it -> it.with("ce_id", ""), "ce_id is empty"),
                binary(it -> it.with("ce_id", "x".repeat(65)), "ce_id has 65 characters, more than 64"),
                binary(it -> it.with("ce_id", new byte[] {'a', (byte) 0xc3}), "the header ce_id is not valid UTF-8"),
                binary(it -> it.and("ce_id", bytes("a-1")), "the header ce_id appears more than once"),
                binary(it -> it.without("ce_source"), "ce_source is missing"),
                binary(it -> it.with("ce_source", ""), "ce_source is empty"),
                binary(it -> it.with("ce_source", "s".repeat(129)), "ce_source has 129 characters, more than 128"),
                binary(it -> it.without("ce_type"), "ce_type is missing"),
                binary(it -> it.with("ce_type", "order placed"), "ce_type is \"order placed\": only A-Z a-z 0-9 . _ -"),
                binary(it -> it.with("ce_subject", "u-43"), "key is \"u-42\" but ce_subject is \"u-43\": they must"),
                binary(it -> it.with("ce_subject", ""), "ce_subject is empty"),
                binary(it -> it.with("ce_subject", "u%2D42"), "ce_subject is \"u%2D42\""),
                binary(it -> it.with("ce_time", "yesterday"), "ce_time is \"yesterday\", not a time such as"),
                binary(it -> it.with("ce_time", "0999-12-31T23:59:59Z"), "only the years 1000 to 9999"),
                binary(
                        it -> it.with("content-type", "text/plain"),
                        "content-type is \"text/plain\": an action's payload"),
                binary(it -> it.with("content-type", "application/avro"), "publish it as application/json"),
                binary(it -> it.with("content-type", new byte[] {(byte) 0xff}), "content-type is not valid UTF-8"),
                binary(it -> it.and("content-type", bytes("application/json")), "content-type appears more than once"),
                binary(it -> it.valued(bytes("hello")), "the value is not valid JSON"),
                binary(it -> it.valued(bytes("  ")), "the value is blank"),
                binary(it -> it.valued(bytes("1 2")), "the value goes on after its JSON value"),
                binary(it -> it.valued(bytes("{}}")), "not valid JSON"),
                binary(it -> it.valued(bytes("{\"a\":")), "not valid JSON"),
                binary(it -> it.valued(bytes("{\"a\":1,\"a\":1}")), "Duplicate field 'a'"),
                binary(
                        it -> it.valued(bytes("\"" + "x".repeat(1 << 16) + "\"")),
                        "the value has 65538 bytes, more than"),
                binary(it -> it.valued(bytes("[".repeat(33) + "]".repeat(33))), "the value may be 32 levels deep"),
                binary(
                        it -> it.valued(PAYLOAD.getBytes(UTF_16)),
                        "the value looks like text in UTF-16: publish JSON in UTF-8"),
                binary(it -> it.valued(new byte[] {'"', (byte) 0xff, '"'}), "an encoding other than UTF-8"));
    }

    private static Arguments binary(UnaryOperator<Given> change, String reason) {
        return Arguments.of(change, reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/cloudevents-batch+json",
                "application/cloudevents+avro",
                "application/cloudevents+protobuf; charset=utf-8",
                "application/cloudevents",
            })
    void shouldRejectOtherFormatsOfCloudEvents(String contentType) {
        var given = Given.structured(STRUCTURED).with("content-type", contentType);

        assertThat(reason(given.record()))
                .isEqualTo("content-type is \"" + contentType + "\": publish each CloudEvent as a record of its own, as"
                        + " application/cloudevents+json or in binary mode");
    }

    @Test
    void shouldRejectAStructuredEventWithoutValue() {
        assertThat(reason(Given.structured(STRUCTURED).valued(null).record())).contains("tombstone");
        assertThat(reason(Given.structured("").record())).isEqualTo("the record's value is empty");
    }

    @Test
    void shouldHoldTheKeyToTheUserIdsLimitWhereItStandsForTheSubject() {
        var given = Given.binary().without("ce_subject");

        assertThat(reason(given.keyed(bytes("u".repeat(65))).record()))
                .isEqualTo("the record's key has 65 characters, more than 64");
        assertThat(reason(given.keyed(new byte[] {(byte) 0xc3}).record()))
                .startsWith("the key is 1 byte of binary (c3): publish the user id as text");
    }

    @Test
    void shouldFindNoUserWhereTheSubjectCantBeRead() {
        var given = Given.binary().keyed(null);

        assertThat(reader.read(given.with("ce_subject", new byte[] {(byte) 0xc3})
                                .record())
                        .user())
                .isEmpty();
        assertThat(reader.read(given.and("ce_subject", bytes("u-43")).record()).user())
                .isEmpty();
        assertThat(reader.read(Given.structured("{").keyed(null).record()).user())
                .isEmpty();
    }

    private Action<String> action(RawRecord record) {
        var decoded = reader.read(record);
        assertThat(decoded).isInstanceOf(DecodedRecord.ReadableRecord.class);
        return ((DecodedRecord.ReadableRecord) decoded).action();
    }

    private String reason(RawRecord record) {
        var decoded = reader.read(record);
        assertThat(decoded).isInstanceOf(DecodedRecord.UnreadableRecord.class);
        return ((DecodedRecord.UnreadableRecord) decoded).reason();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
