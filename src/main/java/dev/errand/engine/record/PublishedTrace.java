package dev.errand.engine.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.errand.action.RawRecord.Header;
import dev.errand.action.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the trace in which a record was published, with OpenTelemetry's W3C propagator. Stateless and thread-safe. */
public final class PublishedTrace {

    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    /** The prefix of CloudEvents attributes in headers. They name where the trace began; the headers above name its last hop. */
    private static final String CLOUD_EVENTS = "ce_";

    /** W3C Trace Context asks to propagate at least 512 characters of {@code tracestate}; longer values are left out. */
    private static final int LONGEST = 512;

    private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<TraceContext> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(TraceContext carrier) {
            return List.of(TRACEPARENT, TRACESTATE);
        }

        @Override
        public @Nullable String get(@Nullable TraceContext carrier, String key) {
            if (carrier == null) {
                return null;
            }
            return switch (key) {
                case TRACEPARENT -> carrier.traceparent();
                case TRACESTATE -> carrier.tracestate();
                default -> null;
            };
        }
    };

    private PublishedTrace() {}

    /** The trace context in a record's headers; null if they have none that is well-formed. */
    public static @Nullable TraceContext of(List<Header> headers) {
        var lastHop = of(headers, TRACEPARENT, TRACESTATE);
        return lastHop == null ? of(headers, CLOUD_EVENTS + TRACEPARENT, CLOUD_EVENTS + TRACESTATE) : lastHop;
    }

    /** Takes the last well-formed one of several headers with the same name, as Kafka's {@code Headers.lastHeader} does. */
    private static @Nullable TraceContext of(List<Header> headers, String traceparent, String tracestate) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).name().equalsIgnoreCase(traceparent)) {
                var found = of(text(headers.get(i)), last(headers, tracestate));
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static @Nullable String last(List<Header> headers, String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).name().equalsIgnoreCase(name)) {
                return text(headers.get(i));
            }
        }
        return null;
    }

    private static @Nullable String text(Header header) {
        var value = header.value();
        return value == null || value.length > LONGEST ? null : new String(value, UTF_8);
    }

    /** The trace context of these texts; null if traceparent is not well-formed. A malformed tracestate is left out. */
    public static @Nullable TraceContext of(@Nullable String traceparent, @Nullable String tracestate) {
        if (traceparent == null) {
            return null;
        }
        var context = context(
                new TraceContext(traceparent, tracestate == null || tracestate.length() > LONGEST ? null : tracestate));
        if (!Span.fromContext(context).getSpanContext().isValid()) {
            return null;
        }
        Map<String, String> written = new HashMap<>();
        W3C.inject(context, written, (map, name, value) -> written.put(name, value));
        var parent = written.get(TRACEPARENT);
        return parent == null ? null : new TraceContext(parent, written.get(TRACESTATE));
    }

    /** The trace context for OpenTelemetry; spans started in it are children of the publisher's span. */
    public static Context context(TraceContext published) {
        return W3C.extract(Context.root(), published, GETTER);
    }
}
