package dev.errand.action;

import org.jspecify.annotations.Nullable;

/**
 * The trace that an action was published in: the two headers of
 * <a href="https://www.w3.org/TR/trace-context/">W3C's Trace Context</a>.
 *
 * @param traceparent well-formed, of version 00
 * @param tracestate what tracing systems have added to the trace, at most 512 characters; null if there is nothing
 */
public record TraceContext(String traceparent, @Nullable String tracestate) {}
