package dev.errand.engine.batch;

import dev.errand.action.Action;
import dev.errand.action.RecordPosition;
import dev.errand.action.TraceContext;
import dev.errand.engine.error.ErrorClassifier;
import dev.errand.engine.parking.ClaimedAttempt;
import dev.errand.engine.parking.IdentityConflict;
import dev.errand.engine.parking.ParkedAction;
import dev.errand.engine.record.PublishedTrace;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Creates spans: one for each unit of work, the parent of the spans of its JDBC statements and handlers, and a consumer span for each
 * action, which belongs to its publisher's trace and is linked to the unit of work. Names follow OpenTelemetry's semantic conventions
 * for messaging. No span contains a user id or a payload. Thread-safe.
 */
@Singleton
public final class Traces {

    private static final Logger LOG = Logger.getLogger(Traces.class);
    private static final String INSTRUMENTATION = "dev.errand";

    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> TOPIC = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
    private static final AttributeKey<Long> COUNT = AttributeKey.longKey("messaging.batch.message_count");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> TYPE = AttributeKey.stringKey("errand.type");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("errand.outcome");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("errand.attempt");

    private final boolean off;
    private final Tracer tracer;

    @Inject
    Traces(
            OpenTelemetry openTelemetry,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "false") boolean off) {
        this.off = off;
        this.tracer = openTelemetry.getTracer(INSTRUMENTATION);
    }

    /** Begins the span of a unit of work and makes it current on this thread until it is closed. */
    Unit unit(int actions) {
        return begin("unit of work", actions);
    }

    /** Begins the span of a unit of work that parks failed actions. */
    Unit keeping(int actions) {
        return begin("keep failed actions", actions);
    }

    private Unit begin(String name, int actions) {
        return begin(() -> tracer.spanBuilder(name).setNoParent().setAttribute(COUNT, actions));
    }

    /** If a span can't be created, the work is done without one. */
    private Unit begin(Supplier<SpanBuilder> span) {
        if (off) {
            return Unit.UNTRACED;
        }
        try {
            return new Unit(this, span.get().startSpan());
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("A span could not be begun", e);
            return Unit.UNTRACED;
        }
    }

    /** Begins the span of a scheduled attempt, which is both the unit of work's and the action's. */
    public Unit attempt(ClaimedAttempt due) {
        return begin(() -> consumer(due.action().position(), due.action().traceContext(), Context.root())
                .setAttribute(TYPE, due.action().type())
                .setAttribute(ATTEMPT, due.attempts() + 1L));
    }

    /** Builds a consumer span in the publisher's trace, or under the other context if the action has none. */
    private SpanBuilder consumer(RecordPosition at, @Nullable TraceContext published, Context otherwise) {
        return tracer.spanBuilder("process " + at.topic())
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(published == null ? otherwise : PublishedTrace.context(published))
                .setAttribute(SYSTEM, "kafka")
                .setAttribute(OPERATION, "process")
                .setAttribute(TOPIC, at.topic())
                .setAttribute(PARTITION, String.valueOf(at.partition()))
                .setAttribute(OFFSET, at.offset());
    }

    /** The span of a unit of work. For the thread that began it. */
    public static final class Unit implements AutoCloseable {

        private static final Unit UNTRACED = new Unit();

        private final @Nullable Traces traces;
        private final Span span;
        private final Scope scope;
        private final Instant began;

        private Unit() {
            this.traces = null;
            this.span = Span.getInvalid();
            this.scope = Scope.noop();
            this.began = Instant.EPOCH;
        }

        @SuppressWarnings("MustBeClosedChecker") // closed with this unit
        private Unit(Traces traces, Span span) {
            this.traces = traces;
            this.span = span;
            this.began = Instant.now();
            // Set explicitly, because a worker's thread inherits no context.
            this.scope = span.makeCurrent();
        }

        /** Creates a span for each action of the unit, which is committed. */
        void committed(BatchResult taken) {
            if (traces != null) {
                taken.done().forEach(each -> onOutcome("done", each.action()));
                taken.duplicates().forEach(each -> onOutcome("duplicate", each.action()));
                conflicting(taken.conflicting());
                taken.blocked().forEach(each -> onOutcome("blocked", each.action()));
            }
        }

        /** Creates a span for each conflicting record, which is parked as dead. */
        void conflicting(List<IdentityConflict> conflicts) {
            conflicts.forEach(each -> onOutcome("conflicting", each.action()));
        }

        private void onOutcome(String outcome, Action<?> action) {
            if (traces != null) {
                traces.consumer(action.position(), action.traceContext(), Context.current())
                        .setAttribute(TYPE, action.type())
                        .setAttribute(OUTCOME, outcome)
                        .addLink(span.getSpanContext())
                        .setStartTimestamp(began)
                        .startSpan()
                        .end();
            }
        }

        /** Creates a span for each failed action, which is parked. */
        void kept(List<ParkedAction> failed) {
            if (traces != null) {
                for (var each : failed) {
                    kept(traces, each);
                }
            }
        }

        private void kept(Traces traces, ParkedAction failed) {
            var action = failed.action();
            var original = failed.original();
            var published = action == null ? PublishedTrace.of(original.headers()) : action.traceContext();
            var last = failed.failures().get(failed.failures().size() - 1);
            var consumer = traces.consumer(original.position(), published, Context.current())
                    .setAttribute(OUTCOME, action == null ? "unreadable" : "parked")
                    .setAttribute(ERROR, last.errorClass())
                    .addLink(span.getSpanContext())
                    .setStartTimestamp(began);
            if (action != null) {
                consumer.setAttribute(TYPE, action.type());
            }
            consumer.startSpan().setStatus(StatusCode.ERROR).end();
        }

        /** Marks the span as failed. It gets only the exception's class, because the message may hold private data. */
        public void failed(Throwable why) {
            if (traces != null) {
                span.setStatus(StatusCode.ERROR)
                        .setAttribute(
                                ERROR, ErrorClassifier.guilty(why).getClass().getName());
            }
        }

        /** Ends the span. Errors of tracing are caught, because they must not look like failures of actions. */
        @Override
        public void close() {
            try (scope) {
                span.end();
            } catch (RuntimeException | LinkageError e) {
                LOG.debug("A span could not be ended", e);
            }
        }
    }
}
