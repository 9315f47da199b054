package dev.errand.engine.offsets;

import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * The progress of an assigned partition.
 *
 * @param next the offset before which all records are completed; -1 while that is not known
 * @param unfinished how many records are received and not completed
 * @param oldest the timestamp of the first incomplete record, in milliseconds since 1970; empty if there is none
 * @param receiving false until the starting position is known, and while a break in the offsets is investigated
 */
public record PartitionProgress(
        TopicPartition partition, long next, int unfinished, OptionalLong oldest, boolean receiving) {}
