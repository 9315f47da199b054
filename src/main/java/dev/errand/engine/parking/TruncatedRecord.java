package dev.errand.engine.parking;

import dev.errand.action.RawRecord;
import dev.errand.engine.error.Failure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a record that can't be read and is far larger than an action may be: MySQL refuses statements beyond its
 * {@code max_allowed_packet}, and writing them takes several times their size of memory. Kept whole it would be tried for
 * ever, and hold the memory that all others wait for.
 */
final class TruncatedRecord {

    /** What Kafka's client fetches at once; eight times what a topic takes by default. */
    private static final int LARGEST = 8 << 20;

    /** What a header has as JSON beside its name and value. */
    private static final int HEADER = 30;

    private TruncatedRecord() {}

    /** The same where it is small or can be read; otherwise the beginnings of key and value, and a message that tells so. */
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
        List<Failure> told = new ArrayList<>(failures);
        var last = told.remove(told.size() - 1);
        told.add(Failure.unreadable(
                "kept are only the first " + LARGEST + " bytes each of key and value, all " + size + " are in Kafka; "
                        + last.message(),
                last.at()));
        return told;
    }

    private static byte @Nullable [] beginning(byte @Nullable [] bytes) {
        return bytes == null || bytes.length <= LARGEST ? bytes : Arrays.copyOf(bytes, LARGEST);
    }
}
