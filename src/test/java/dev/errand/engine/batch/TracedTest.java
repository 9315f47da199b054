package dev.errand.engine.batch;

import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.order;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Spans;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.quarkus.arc.Unremovable;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole application with traces, which a single key turns on. */
@QuarkusTest
@TestProfile(TracedTest.Traced.class)
class TracedTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    public static class Traced implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.otel.sdk.disabled", "false", "quarkus.otel.traces.exporter", "none");
        }
    }

    /** Collects the spans of these tests. */
    static final class Kept {

        @Produces
        @Singleton
        @Unremovable
        Spans spans() {
            return new Spans();
        }

        @Produces
        @Singleton
        @Unremovable
        SpanProcessor processor(Spans spans) {
            return SimpleSpanProcessor.create(spans);
        }
    }

    @Inject
    Spans spans;

    @Inject
    Publisher publisher;

    private List<SpanData> ofTrace(String trace) {
        return spans.all().stream()
                .filter(span -> span.getTraceId().equals(trace))
                .toList();
    }

    @Test
    void shouldTraceAnActionAndTheStatementsOfItsUnitOfWork() {
        // Given
        var record = order(newUser(), 100);
        record.headers().add("traceparent", ("00-" + TRACE + "-00f067aa0ba902b7-01").getBytes(UTF_8));
        record.headers().add("tracestate", "congo=t61rcWkgMzE".getBytes(UTF_8));

        // When
        publisher.publish(record);

        // Then
        await().atMost(Duration.ofSeconds(20)).until(() -> !ofTrace(TRACE).isEmpty());
        var consumers = ofTrace(TRACE);
        assertThat(consumers).as("one span, and none of Kafka's clients").hasSize(1);
        assertThat(consumers.get(0).getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(consumers.get(0).getParentSpanId()).isEqualTo("00f067aa0ba902b7");
        assertThat(consumers.get(0).getSpanContext().getTraceState().get("congo"))
                .isEqualTo("t61rcWkgMzE");
        var unit = consumers.get(0).getLinks().get(0).getSpanContext();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(ofTrace(unit.getTraceId()))
                .filteredOn(span -> span.getSpanId().equals(unit.getSpanId()))
                .extracting(SpanData::getName)
                .containsExactly("unit of work"));
        assertThat(ofTrace(unit.getTraceId()))
                .filteredOn(span -> span.getKind() == SpanKind.CLIENT
                        && span.getParentSpanId().equals(unit.getSpanId()))
                .extracting(SpanData::getName)
                .anyMatch(name -> name.contains("user_action"))
                .anyMatch(name -> name.contains("loyalty_account"));
    }
}
