package dev.errand.engine.batch;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.action.TraceContext;
import dev.errand.engine.error.Failure;
import dev.errand.engine.error.HandlerException;
import dev.errand.engine.liveness.ThreadHeartbeat;
import dev.errand.engine.observation.SafeObserver;
import dev.errand.engine.parking.ClaimedAttempt;
import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.ParkedAction;
import dev.errand.testsupport.GivenRecord;
import dev.errand.testsupport.Seen;
import dev.errand.testsupport.Spans;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Spans of units of work and of actions. */
class TracesTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PUBLISHER = "b7ad6b7169203331";
    private static final TraceContext PUBLISHED = new TraceContext("00-" + TRACE + "-" + PUBLISHER + "-01", "vendor=1");

    private final Spans exporter = new Spans();
    private final OpenTelemetry openTelemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final ThreadHeartbeat heartbeat = new ThreadHeartbeat("this", Duration.ofMinutes(1), System::nanoTime);
    private final SafeObserver observed = new SafeObserver(new Seen(), new Seen());

    /** What a unit of work does in a test. */
    @FunctionalInterface
    private interface Work {
        BatchResult on(List<BoundAction> actions) throws Exception;
    }

    private ObservedUnit unit(boolean off, Work work) {
        var unit = new UnitOfWork() {
            @Override
            public BatchResult run(List<BoundAction> actions) throws Exception {
                return work.on(actions);
            }

            @Override
            public List<IdentityConflict> park(List<ParkedAction> failed, BooleanSupplier stillWanted) {
                return List.of();
            }

            @Override
            public boolean databaseWorks() {
                return true;
            }
        };
        return new ObservedUnit(unit, observed, new Traces(openTelemetry, off), heartbeat);
    }

    private static Action<String> action(int offset, @Nullable TraceContext published) {
        return new Action<>(
                new ActionKey("", "id-" + offset),
                "order.placed",
                "the-user",
                Instant.EPOCH,
                "\"the payload\"",
                published,
                new RecordPosition("user-actions", 3, offset));
    }

    private static BoundAction prepared(int offset, @Nullable TraceContext published) {
        var action = action(offset, published);
        return new BoundAction(offset, new GivenRecord(action, offset), action, List.of());
    }

    private SpanData span(String name) {
        var named = exporter.all().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertThat(named).as(name + " in " + exporter.all()).hasSize(1);
        return named.get(0);
    }

    @Test
    void shouldPutAnActionIntoItsPublishersTraceAndLinkItToTheUnitOfWork() throws Exception {
        // Given
        var actions = List.of(prepared(7, PUBLISHED));

        // When
        unit(false, taken -> new BatchResult(taken, List.of(), List.of(), List.of()))
                .run(actions);

        // Then
        var consumer = span("process user-actions");
        var unit = span("unit of work");
        assertThat(consumer.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(consumer.getTraceId()).isEqualTo(TRACE);
        assertThat(consumer.getParentSpanId()).isEqualTo(PUBLISHER);
        assertThat(consumer.getLinks()).extracting(LinkData::getSpanContext).containsExactly(unit.getSpanContext());
        assertThat(consumer.getAttributes().get(stringKey("messaging.destination.name")))
                .isEqualTo("user-actions");
        assertThat(consumer.getAttributes().get(stringKey("messaging.destination.partition.id")))
                .isEqualTo("3");
        assertThat(consumer.getAttributes().get(longKey("messaging.kafka.offset")))
                .isEqualTo(7);
        assertThat(consumer.getAttributes().get(stringKey("errand.type"))).isEqualTo("order.placed");
        assertThat(consumer.getAttributes().get(stringKey("errand.outcome"))).isEqualTo("done");
        assertThat(unit.getTraceId()).isNotEqualTo(TRACE);
        assertThat(unit.getAttributes().get(longKey("messaging.batch.message_count")))
                .isEqualTo(1);
    }

    @Test
    void shouldPutAnActionWithoutATraceUnderTheUnitOfWork() throws Exception {
        unit(false, taken -> new BatchResult(List.of(), taken, List.of(), List.of()))
                .run(List.of(prepared(7, null)));

        var consumer = span("process user-actions");
        assertThat(consumer.getParentSpanId()).isEqualTo(span("unit of work").getSpanId());
        assertThat(consumer.getAttributes().get(stringKey("errand.outcome"))).isEqualTo("duplicate");
    }

    @Test
    void shouldHaveTheUnitOfWorkAsTheThreadsContextWhileItRunsOnly() throws Exception {
        unit(false, taken -> {
                    openTelemetry
                            .getTracer("jdbc")
                            .spanBuilder("SELECT")
                            .startSpan()
                            .end();
                    return new BatchResult(taken, List.of(), List.of(), List.of());
                })
                .run(List.of(prepared(7, PUBLISHED)));

        assertThat(span("SELECT").getParentSpanId())
                .isEqualTo(span("unit of work").getSpanId());
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void shouldTellOfAFailureByItsClassAndNotByItsWords() {
        var actions = List.of(prepared(7, PUBLISHED));

        assertThatThrownBy(() -> unit(false, taken -> {
                            throw new HandlerException(
                                    0, taken.get(0).action(), new IllegalStateException("card 4111 1111"));
                        })
                        .run(actions))
                .isInstanceOf(HandlerException.class);

        var unit = span("unit of work");
        assertThat(exporter.all()).as("the action goes on").hasSize(1);
        assertThat(unit.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(unit.getAttributes().get(stringKey("error.type"))).isEqualTo(IllegalStateException.class.getName());
        assertThat(unit.toString()).doesNotContain("4111").doesNotContain("the-user");
    }

    @Test
    void shouldEndAFailedActionInItsPublishersTrace() throws Exception {
        var action = action(7, PUBLISHED);
        var failure = Failure.of(new IllegalStateException("card 4111 1111"), true, Instant.EPOCH);
        var original = new RawRecord(action.position(), 0, null, null, List.of());

        unit(false, taken -> new BatchResult(taken, List.of(), List.of(), List.of()))
                .park(
                        List.of(new ParkedAction(original, "the-user", action, List.of(failure), null, true, false)),
                        () -> true);

        var consumer = span("process user-actions");
        assertThat(consumer.getTraceId()).isEqualTo(TRACE);
        assertThat(consumer.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(consumer.getAttributes().get(stringKey("errand.outcome"))).isEqualTo("parked");
        assertThat(consumer.toString()).doesNotContain("4111").doesNotContain("the-user");
    }

    @Test
    void shouldMakeOneSpanOfAScheduledAttempt() {
        try (var attempt = new Traces(openTelemetry, false)
                .attempt(new ClaimedAttempt(1, action(7, PUBLISHED), 2, 0, 0, true, false))) {
            attempt.failed(new IllegalStateException());
        }

        var span = span("process user-actions");
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PUBLISHER);
        assertThat(span.getAttributes().get(longKey("errand.attempt"))).isEqualTo(3);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void shouldMakeNoSpanWhenTracesAreOff() throws Exception {
        unit(true, taken -> new BatchResult(taken, List.of(), List.of(), List.of()))
                .run(List.of(prepared(7, PUBLISHED)));

        assertThat(exporter.all()).isEmpty();
    }
}
