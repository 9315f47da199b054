package dev.errand.engine.intake;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import dev.errand.engine.offsets.PartitionOffsets;
import dev.errand.engine.record.ActionReader;
import dev.errand.engine.record.DecodedRecord;
import dev.errand.engine.record.InFlightRecord;
import dev.errand.engine.retry.RetryConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A Kafka record in flight. It holds the record's bytes, not the connector's message, and decodes them when a worker asks. */
final class KafkaInFlightRecord implements InFlightRecord {

    /** Bytes that a waiting record takes besides its own: this object, its offset handle, and their entries in queues. */
    private static final int OVERHEAD = 300;

    private static final int OVERHEAD_OF_HEADER = 100;

    /** A record without a key is read before it waits: its text takes up to two bytes for each byte that was published. */
    private static final int TEXT_BYTES_FOR_EACH = 2;

    /**
     * How many failures are kept at most: with these an action is parked. It fails more often only while it can't be parked, because
     * the database is unavailable.
     */
    private static final int MOST_FAILURES = RetryConfig.MOST_IN_MEMORY;

    private final ActionReader reader;
    private final PartitionOffsets.OffsetHandle handle;
    private final RawRecord original;
    private final @Nullable String userByKey;
    private final int bytes;
    private @Nullable DecodedRecord decoded;
    private List<Failure> failures = List.of();
    private boolean alone;

    KafkaInFlightRecord(
            ActionReader reader, PartitionOffsets.OffsetHandle handle, ConsumerRecord<byte[], byte[]> record) {
        this.reader = reader;
        this.handle = handle;
        this.original = new RawRecord(
                new RecordPosition(
                        handle.partition().topic(), handle.partition().partition(), handle.offset()),
                record.timestamp(),
                record.key(),
                record.value(),
                headers(record.headers()));
        this.userByKey = reader.userByKey(original).orElse(null);
        // A record's size is an int in Kafka.
        int size = Math.toIntExact(original.size());
        this.bytes = OVERHEAD
                + size
                + OVERHEAD_OF_HEADER * original.headers().size()
                + (userByKey == null ? TEXT_BYTES_FOR_EACH * size : userByKey.length());
    }

    private static List<RawRecord.Header> headers(Headers headers) {
        List<RawRecord.Header> all = new ArrayList<>(0);
        headers.forEach(header -> all.add(new RawRecord.Header(header.key(), header.value())));
        return all.isEmpty() ? List.of() : List.copyOf(all);
    }

    /** Whether the record tells its user only when it is read. */
    boolean isKeyless() {
        return userByKey == null;
    }

    @Override
    public String user() {
        return userByKey == null ? decoded().user() : userByKey;
    }

    @Override
    public DecodedRecord decoded() {
        if (decoded == null) {
            decoded = reader.read(original);
        }
        return decoded;
    }

    @Override
    public RecordPosition position() {
        return original.position();
    }

    @Override
    public boolean abandoned() {
        return handle.revoked();
    }

    @Override
    public void complete() {
        handle.complete();
    }

    @Override
    public boolean suspect() {
        return handle.suspect();
    }

    @Override
    public void newlyDone() {
        handle.newlyDone();
    }

    @Override
    public void leaveUnended() {
        handle.leaveUnended();
    }

    @Override
    public void giveUpReading(String reason) {
        decoded = new DecodedRecord.UnreadableRecord(reason, user());
    }

    @Override
    public RawRecord original() {
        return original;
    }

    @Override
    public List<Failure> failures() {
        return failures;
    }

    @Override
    public boolean alone() {
        return alone;
    }

    @Override
    public void runAlone() {
        alone = true;
    }

    @Override
    public void failed(Failure failure) {
        alone = true;
        failures = Stream.concat(
                        failures.stream().map(Failure::withoutTrace).limit(MOST_FAILURES - 1), Stream.of(failure))
                .toList();
    }

    @Override
    public int bytes() {
        return bytes;
    }
}
