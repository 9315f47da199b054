package dev.errand.engine.offsets;

import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * How far an assignment is.
 *
 * @param next the offset up to which all is settled; -1 while that is not known
 * @param unfinished records received and not settled
 * @param oldest the timestamp of the first of them, in milliseconds since 1970; empty without any
 * @param receiving whether records are received
 */
public record PartitionProgress(
        TopicPartition partition, long next, int unfinished, OptionalLong oldest, boolean receiving) {}
