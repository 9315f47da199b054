package dev.errand.work;

/** Events were written in the transaction under way. */
public record EventsWritten() {}
