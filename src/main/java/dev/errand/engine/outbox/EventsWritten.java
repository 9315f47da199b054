package dev.errand.engine.outbox;

/** Events were written in the transaction under way. */
public record EventsWritten() {}
