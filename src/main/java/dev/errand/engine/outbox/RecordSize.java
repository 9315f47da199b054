package dev.errand.engine.outbox;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;

/** How large records are as Kafka counts them: key, value, headers and what is around them, without compression. */
public final class RecordSize {

    private RecordSize() {}

    /**
     * What the producer compares with its {@code max.request.size}; what the broker compares with a topic's {@code
     * max.message.bytes} is the same or some bytes less.
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
