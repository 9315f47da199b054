package dev.errand.action;

/**
 * Where in Kafka an action came from.
 *
 * @param topic the topic's name
 * @param partition the partition's number, from 0
 * @param offset the record's offset in the partition, from 0
 */
public record RecordPosition(String topic, int partition, long offset) {

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
