package dev.errand.engine.outbox;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;

/** The size of records as Kafka counts it: key, value, headers and overhead, uncompressed. Stateless and thread-safe. */
public final class RecordSize {

    private RecordSize() {}

    /**
     * The size in bytes that the producer compares with its {@code max.request.size}. What the broker compares with a topic's
     * {@code max.message.bytes} is the same or a few bytes less.
     */
    public static long of(ProducerRecord<byte[], byte[]> record) {
        return AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE,
                CompressionType.NONE,
                record.key(),
                record.value(),
                record.headers().toArray());
    }
}
