package dev.errand.engine.outbox;

import dev.errand.handler.NonRetryableException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * Refuses events that their topic would refuse, while their handler can still be told. It asks nobody: whoever publishes the
 * events keeps it up to date. Thread-safe.
 */
@Singleton
public final class EventLimit {

    /** What a character takes in UTF-8 at most. */
    private static final int LONGEST_CHARACTER = 3;

    /** More than key, headers and overhead take; the source is the configuration's and the longest of them. */
    private static final int AROUND_THE_PAYLOAD = 16 << 10;

    private final EventFormat format;
    private volatile SizeLimit limit = new SizeLimit(Long.MAX_VALUE, "not known yet");

    @Inject
    EventLimit(EventFormat format) {
        this.format = format;
    }

    /** From now on events may be as large as this. */
    public void set(SizeLimit known) {
        limit = known;
    }

    /** @throws NonRetryableException if the event's record is larger than its topic takes */
    public void check(OutboxEvent event) {
        var known = limit;
        // Nearly all are far from it: their records need not be made to know.
        if ((long) LONGEST_CHARACTER * event.payload().length() + AROUND_THE_PAYLOAD <= known.bytes()) {
            return;
        }
        var size = RecordSize.of(format.record(event));
        if (size > known.bytes()) {
            throw new NonRetryableException(
                    "The event " + event.type() + " is too large: with its key and headers it has "
                            + size + " bytes, and a record of the topic " + format.topic() + " may have " + known
                            + "; emit less, or raise that limit and retry the action");
        }
    }
}
