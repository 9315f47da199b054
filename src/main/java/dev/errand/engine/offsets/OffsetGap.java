package dev.errand.engine.offsets;

import org.apache.kafka.common.TopicPartition;

/**
 * Records that were next to be read and are passed over: Kafka no longer has them, or the offset was moved forward.
 *
 * @param at their partition
 * @param topicId Kafka's id of the topic that exists now
 * @param from the offset of the first missing record
 * @param to the offset after the last missing record; for a recreated topic, the offset at which reading starts
 */
record OffsetGap(TopicPartition at, String topicId, Cause cause, long from, long to) {

    /** Why the records are missing. */
    enum Cause {
        /** Retention or a delete request removed them before they were read. */
        DELETED,
        /** The log was truncated: other records have taken these offsets, or will. */
        TRUNCATED,
        /** The topic was deleted and created again under the same name. */
        RECREATED,
        /** Something other than Errand moved the group's committed offset forward. */
        RESET
    }

    /** How many offsets are skipped, an upper bound of the missing records; 0 for a recreated topic, where this is unknown. */
    long records() {
        return cause == Cause.RECREATED ? 0 : to - from;
    }

    /** What happened, as a sentence for an operator without its full stop. */
    String described(long records) {
        return switch (cause) {
            case DELETED ->
                "Kafka deleted %d records of %s before they were read, offsets %d to %d"
                        .formatted(records, at, from, to - 1);
            case TRUNCATED ->
                "The log of %s was truncated: Kafka lost %d records, offsets %d to %d, and writes others in their place"
                        .formatted(at, records, from, to - 1);
            case RECREATED ->
                "The topic of %s was deleted and created again: records from offset %d on were not read, reading starts at offset %d"
                        .formatted(at, from, to);
            case RESET ->
                "Something other than Errand moved the committed offset of %s forward: %d records are skipped, offsets %d to %d"
                        .formatted(at, records, from, to - 1);
        };
    }
}
