package dev.errand.engine.relay;

import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A row that waits to be published.
 *
 * @param seq the row's primary key
 * @param user the user whose rows have to be published in order; null if the order does not matter
 * @param forms the records that it can be published as, at least one, each smaller than the one before: the next one is sent if
 *     Kafka refuses the one before as too large. Each call makes a new record, because the producer makes the headers of a record
 *     that was sent read-only
 */
record PendingRow(long seq, @Nullable String user, List<Supplier<ProducerRecord<byte[], byte[]>>> forms) {

    PendingRow {
        forms = List.copyOf(forms);
    }
}
