package dev.errand.engine.relay;

import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A row that is to be published.
 *
 * @param seq its number in its table
 * @param user whose rows are to be published in order; null where nobody minds
 * @param forms the records it can be published as, at least one, the best first: a later one, which is smaller, where Kafka
 *     finds the one before too large. Each is made anew when it is asked for: a record's headers can't be changed once it was
 *     sent, whatever came of that
 */
record PendingRow(long seq, @Nullable String user, List<Supplier<ProducerRecord<byte[], byte[]>>> forms) {

    PendingRow {
        forms = List.copyOf(forms);
    }
}
