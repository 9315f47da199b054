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

/** Finds the trace that a record was published in, by OpenTelemetry's propagator. Stateless and thread-safe. */
public final class PublishedTrace {

    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    /** How CloudEvents' attributes are called in headers: they name where the trace began, the headers above its last hop. */
    private static final String CLOUD_EVENTS = "ce_";

    /** W3C: what is longer may be left out. */
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

    /** The trace of a record with these headers; null where they have none that is well-formed. */
    public static @Nullable TraceContext of(List<Header> headers) {
        var lastHop = of(headers, TRACEPARENT, TRACESTATE);
        return lastHop == null ? of(headers, CLOUD_EVENTS + TRACEPARENT, CLOUD_EVENTS + TRACESTATE) : lastHop;
    }

    /** The last well-formed one counts, as everywhere in Kafka. */
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

    /** The trace that these say; null where the first is not well-formed. A second that is not is left out. */
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

    /** As OpenTelemetry has it: whatever begins in it is a child of the publisher's span. */
    public static Context context(TraceContext published) {
        return W3C.extract(Context.root(), published, GETTER);
    }
}
