package dev.errand.engine.parking;

import dev.errand.action.RawRecord;
import dev.errand.engine.error.Failure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Truncates an unreadable record that is far larger than an action may be. MySQL refuses statements larger than
 * {@code max_allowed_packet}, and writing a statement takes several times its size in memory. So parking the whole record would be
 * tried for ever, and would hold memory that other actions wait for.
 */
final class TruncatedRecord {

    /** In bytes: {@code fetch.max.bytes} of the consumer, and eight times what a topic accepts by default. */
    private static final int LARGEST = 8 << 20;

    /** Bytes that a header takes as JSON in addition to its name and value, about. */
    private static final int HEADER = 30;

    private TruncatedRecord() {}

    /**
     * Returns a small or readable record unchanged. Of any other it returns the first bytes of key and value, with a failure message
     * that says so.
     */
    static ParkedAction of(ParkedAction parked) {
        if (parked.action() != null) {
            return parked;
        }
        var original = parked.original();
        var size = original.size();
        var headers = original.headers().stream()
                .mapToLong(header -> HEADER + header.size())
                .sum();
        if (size <= LARGEST && headers <= LARGEST) {
            return parked;
        }
        var excerpt = new RawRecord(
                original.position(),
                original.timestamp(),
                beginning(original.key()),
                beginning(original.value()),
                headers <= LARGEST ? original.headers() : List.of());
        return new ParkedAction(
                excerpt,
                parked.user(),
                null,
                told(parked.failures(), size),
                parked.retryAfter(),
                parked.blocking(),
                parked.publish());
    }

    private static List<Failure> told(List<Failure> failures, long size) {
        List<Failure> noted = new ArrayList<>(failures);
        var last = noted.remove(noted.size() - 1);
        noted.add(Failure.unreadable(
                "only the first " + LARGEST + " bytes each of key and value are stored, all " + size
                        + " bytes are in Kafka; " + last.message(),
                last.at()));
        return noted;
    }

    private static byte @Nullable [] beginning(byte @Nullable [] bytes) {
        return bytes == null || bytes.length <= LARGEST ? bytes : Arrays.copyOf(bytes, LARGEST);
    }
}
