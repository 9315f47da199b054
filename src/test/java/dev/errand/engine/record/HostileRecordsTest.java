package dev.errand.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.RawRecord;
import dev.errand.action.RawRecord.Header;
import dev.errand.action.RecordPosition;
import dev.errand.chaos.Hostile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Every record is either read or refused with a reason. */
class HostileRecordsTest {

    private static final int RECORDS = 20_000;

    private final ActionReader reader = new ActionReader(ActionReaderTest.limits(), KeyFormat.TEXT);

    @Test
    void shouldReadOrRefuseEveryRecordAndKnowTheUserBeforehand() {
        // Given
        long seed = Long.getLong("chaos.seed", System.nanoTime());
        System.out.printf("%d hostile records with seed %d%n", RECORDS, seed);
        var hostile = new Hostile(seed, "user-actions");
        var readableOf = new EnumMap<RecordFormat, Integer>(RecordFormat.class);
        var unreadable = new EnumMap<RecordFormat, Integer>(RecordFormat.class);

        // When
        for (int i = 0; i < RECORDS; i++) {
            var record = original(hostile.next(), i);
            var decoded = reader.read(record);
            assertThat(reader.userByKey(record).orElseGet(decoded::user))
                    .as("user of record %d, seed %d", i, seed)
                    .isEqualTo(decoded.user());
            if (decoded instanceof DecodedRecord.ReadableRecord) {
                readableOf.merge(RecordFormat.of(record.headers()), 1, Integer::sum);
            } else {
                assertThat(((DecodedRecord.UnreadableRecord) decoded).reason())
                        .as("record %d, seed %d", i, seed)
                        .isNotBlank();
                unreadable.merge(RecordFormat.of(record.headers()), 1, Integer::sum);
            }
        }

        // Then
        assertThat(readableOf).containsOnlyKeys(RecordFormat.values());
        assertThat(unreadable).containsOnlyKeys(RecordFormat.values());
    }

    private static RawRecord original(ProducerRecord<byte[], byte[]> record, int offset) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        return new RawRecord(
                new RecordPosition(record.topic(), 0, offset), offset, record.key(), record.value(), headers);
    }
}
