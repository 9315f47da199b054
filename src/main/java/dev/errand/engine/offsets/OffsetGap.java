package dev.errand.engine.offsets;

import org.apache.kafka.common.TopicPartition;

/**
 * Records that can't be read, though it was their turn.
 *
 * @param at where
 * @param topicId Kafka's id of the topic as it is now
 * @param from the offset of the first of them
 * @param to the offset behind the last of them; of a recreated topic, where reading begins
 */
record OffsetGap(TopicPartition at, String topicId, Cause cause, long from, long to) {

    /** What became of the records. */
    enum Cause {
        /** Retention or somebody's request deleted them before they were read. */
        DELETED,
        /** The log lost its end, and has other records at these offsets now, or will have. */
        TRUNCATED,
        /** The topic was deleted, and made anew under the same name. */
        RECREATED,
        /** The group's committed offset was set forward by other means than Errand. */
        RESET
    }

    /** How many offsets are passed over: no fewer than there were records. Nobody knows it of a recreated topic: zero. */
    long records() {
        return cause == Cause.RECREATED ? 0 : to - from;
    }

    /** For an operator. */
    String described(long records) {
        return switch (cause) {
            case DELETED ->
                "Kafka has deleted %d records of %s before they were read, of the offsets %d to %d"
                        .formatted(records, at, from, to - 1);
            case TRUNCATED ->
                "The log of %s was truncated: Kafka has lost %d records of the offsets %d to %d and puts others in their place"
                        .formatted(at, records, from, to - 1);
            case RECREATED ->
                "The topic of %s was deleted and made anew: what it had from offset %d on was not read, and reading begins at offset %d"
                        .formatted(at, from, to);
            case RESET ->
                "The committed offset of %s was set forward by other means than Errand: %d records of the offsets %d to %d are passed over"
                        .formatted(at, records, from, to - 1);
        };
    }
}
