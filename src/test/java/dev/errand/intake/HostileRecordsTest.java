package dev.errand.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Coordinates;
import dev.errand.action.Original;
import dev.errand.action.Original.Header;
import dev.errand.chaos.Hostile;
import dev.errand.work.Decoded;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Whatever arrives is read, or refused with a reason. */
class HostileRecordsTest {

    private static final int RECORDS = 20_000;

    private final ActionReader reader = new ActionReader(ActionReaderTest.limits(), KeyFormat.TEXT);

    @Test
    void shouldReadOrRefuseEveryRecordAndKnowTheUserBeforehand() {
        long seed = Long.getLong("chaos.seed", System.nanoTime());
        System.out.printf("%d hostile records with seed %d%n", RECORDS, seed);
        var hostile = new Hostile(seed, "user-actions");
        var legible = new EnumMap<Form, Integer>(Form.class);
        var illegible = new EnumMap<Form, Integer>(Form.class);

        for (int i = 0; i < RECORDS; i++) {
            var record = original(hostile.next(), i);
            var user = reader.user(record);
            var decoded = reader.read(record);
            if (decoded instanceof Decoded.Legible readable) {
                assertThat(user)
                        .as("user of record %d, seed %d", i, seed)
                        .isEqualTo(readable.action().userId());
                legible.merge(Form.of(record.headers()), 1, Integer::sum);
            } else {
                assertThat(((Decoded.Illegible) decoded).reason())
                        .as("record %d, seed %d", i, seed)
                        .isNotBlank();
                illegible.merge(Form.of(record.headers()), 1, Integer::sum);
            }
        }

        assertThat(legible).containsOnlyKeys(Form.values());
        assertThat(illegible).containsOnlyKeys(Form.values());
    }

    private static Original original(ProducerRecord<byte[], byte[]> record, int offset) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        return new Original(new Coordinates(record.topic(), 0, offset), offset, record.key(), record.value(), headers);
    }
}
