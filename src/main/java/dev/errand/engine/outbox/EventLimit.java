package dev.errand.engine.outbox;

import dev.errand.handler.NonRetryableException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * Refuses events that are too large for their topic while the handler that emits them can still fail. It does not ask Kafka: the
 * relay that publishes events keeps the limit up to date. Thread-safe.
 */
@Singleton
public final class EventLimit {

    /** The most bytes that a {@code char} takes in UTF-8. */
    private static final int LONGEST_CHARACTER = 3;

    /** An upper bound of the bytes of key, headers and overhead. The longest header is the configured source. */
    private static final int AROUND_THE_PAYLOAD = 16 << 10;

    private final EventFormat format;
    private volatile SizeLimit limit = new SizeLimit(Long.MAX_VALUE, "not known yet");

    @Inject
    EventLimit(EventFormat format) {
        this.format = format;
    }

    /** Sets the limit for events from now on. */
    public void set(SizeLimit known) {
        limit = known;
    }

    /** @throws NonRetryableException if the event's record is larger than its topic accepts */
    public void check(OutboxEvent event) {
        var known = limit;
        // Nearly all events are far below the limit, so that no record has to be made to measure it.
        if ((long) LONGEST_CHARACTER * event.payload().length() + AROUND_THE_PAYLOAD <= known.bytes()) {
            return;
        }
        var size = RecordSize.of(format.record(event));
        if (size > known.bytes()) {
            throw new NonRetryableException(
                    "The event " + event.type() + " is too large: with key and headers it has " + size
                            + " bytes, but a record of the topic " + format.topic() + " may have at most " + known
                            + "; emit less, or raise that limit and retry the action");
        }
    }
}
