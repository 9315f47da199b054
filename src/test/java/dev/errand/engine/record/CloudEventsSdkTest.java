package dev.errand.engine.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RawRecord;
import dev.errand.action.RawRecord.Header;
import dev.errand.action.RecordPosition;
import dev.errand.action.TraceContext;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CloudEvents as a producer with the official SDK's serializer writes them. */
class CloudEventsSdkTest {

    private static final RecordPosition HERE = new RecordPosition("user-actions", 3, 17);
    private static final Instant PUBLISHED = Instant.parse("2026-11-22T06:00:00Z");
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final ActionReader reader = new ActionReader(ActionReaderTest.limits(), KeyFormat.TEXT);

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void shouldReadAnEventWithAllItCanHave(Encoding mode) {
        // Given
        var event = CloudEventBuilder.v1()
                .withId("a-1")
                .withSource(URI.create("https://shop.example/orders?of=2026"))
                .withType("order.placed")
                .withSubject("jürgen")
                .withTime(OffsetDateTime.parse("2026-11-22T06:00:00.123456789+01:00"))
                .withDataSchema(URI.create("https://shop.example/order.json"))
                .withData("application/json", "{\"total\":1.5,\"note\":\"straße\"}".getBytes(UTF_8))
                .withExtension("partitionkey", "another")
                .withExtension("sequence", 17)
                .withExtension("traceparent", TRACE)
                .build();

        // Then
        assertThat(reader.read(published(event, mode)))
                .isEqualTo(new DecodedRecord.ReadableRecord(new Action<>(
                        new ActionKey("https://shop.example/orders?of=2026", "a-1"),
                        "order.placed",
                        "jürgen",
                        Instant.parse("2026-11-22T05:00:00.123456Z"),
                        "{\"total\":1.5,\"note\":\"straße\"}",
                        new TraceContext(TRACE, null),
                        HERE)));
        assertThat(reader.read(published(event, mode)).user()).isEqualTo("jürgen");
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void shouldReadAnEventWithTheLeastItCanHave(Encoding mode) {
        var event = CloudEventBuilder.v1()
                .withId("a-1")
                .withSource(URI.create("/shop"))
                .withType("order.placed")
                .withSubject("u-42")
                .build();

        assertThat(reader.read(published(event, mode)))
                .isEqualTo(new DecodedRecord.ReadableRecord(new Action<>(
                        new ActionKey("/shop", "a-1"), "order.placed", "u-42", PUBLISHED, "null", null, HERE)));
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void shouldRejectAnEventWhoseDataIsNotJson(Encoding mode) {
        var event = CloudEventBuilder.v1()
                .withId("a-1")
                .withSource(URI.create("/shop"))
                .withType("order.placed")
                .withSubject("u-42")
                .withData("application/avro", new byte[] {1, 2, 3})
                .build();

        assertThat(reader.read(published(event, mode)))
                .isInstanceOfSatisfying(
                        DecodedRecord.UnreadableRecord.class, unreadable -> assertThat(unreadable.reason())
                                .contains("an action's payload is JSON, publish it as"));
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void shouldRejectAnEventOfAnOlderVersion(Encoding mode) {
        var event = CloudEventBuilder.v03()
                .withId("a-1")
                .withSource(URI.create("/shop"))
                .withType("order.placed")
                .withSubject("u-42")
                .build();

        assertThat(reader.read(published(event, mode)))
                .isInstanceOfSatisfying(
                        DecodedRecord.UnreadableRecord.class, unreadable -> assertThat(unreadable.reason())
                                .contains("specversion is \"0.3\": only CloudEvents 1.x can be read"));
    }

    private static RawRecord published(CloudEvent event, Encoding mode) {
        var headers = new RecordHeaders();
        byte[] value;
        try (var serializer = new CloudEventSerializer()) {
            serializer.configure(
                    mode == Encoding.BINARY
                            ? Map.of(CloudEventSerializer.ENCODING_CONFIG, mode)
                            : Map.of(
                                    CloudEventSerializer.ENCODING_CONFIG,
                                    mode,
                                    CloudEventSerializer.EVENT_FORMAT_CONFIG,
                                    JsonFormat.CONTENT_TYPE),
                    false);
            value = serializer.serialize(HERE.topic(), headers, event);
        }
        List<Header> all = new ArrayList<>();
        headers.forEach(header -> all.add(new Header(header.key(), header.value())));
        return new RawRecord(HERE, PUBLISHED.toEpochMilli(), null, value, all);
    }
}
