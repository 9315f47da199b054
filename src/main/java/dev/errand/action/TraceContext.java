package dev.errand.action;

import org.jspecify.annotations.Nullable;

/**
 * The trace that an action was published in, as the two headers of <a href="https://www.w3.org/TR/trace-context/">W3C's Trace
 * Context</a> have it.
 *
 * @param traceparent well-formed, of version 00
 * @param tracestate what the tracing systems on its way have added, at most 512 characters; null where there is nothing
 */
public record TraceContext(String traceparent, @Nullable String tracestate) {}
