package dev.errand.engine.outbox;

/** A CDI event: the current transaction has written events to the outbox. */
public record EventsWritten() {}
