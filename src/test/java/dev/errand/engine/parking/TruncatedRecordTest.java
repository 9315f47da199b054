package dev.errand.engine.parking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.RawRecord;
import dev.errand.action.RecordPosition;
import dev.errand.engine.error.Failure;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TruncatedRecordTest {

    private static final int LARGEST = 8 << 20;

    @Test
    void shouldLeaveWhatIsSmallEnoughAsItIs() {
        var parked = unreadable(new byte[LARGEST - 10], List.of(new RawRecord.Header("h", new byte[2])));

        assertThat(TruncatedRecord.of(parked)).isSameAs(parked);
    }

    @Test
    void shouldKeepTheBeginningAndSaySo() {
        var value = new byte[LARGEST + 1];
        value[0] = 7;
        var header = new RawRecord.Header("h", new byte[2]);

        var kept = TruncatedRecord.of(unreadable(value, List.of(header)));

        assertThat(kept.original().value()).hasSize(LARGEST).startsWith((byte) 7);
        assertThat(kept.original().key()).hasSize(3);
        assertThat(kept.original().headers()).containsExactly(header);
        assertThat(kept.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.isUnreadable()).isTrue();
            assertThat(failure.message())
                    .contains("the first 8388608 bytes", "all 8388615 bytes are in Kafka", "it is no JSON");
        });
    }

    @Test
    void shouldDoWithoutHeadersThatAreTooMany() {
        var header = new RawRecord.Header("h", new byte[0]);

        var kept = TruncatedRecord.of(unreadable(null, Collections.nCopies(LARGEST / 30, header)));

        assertThat(kept.original().headers()).isEmpty();
    }

    @Test
    void shouldDoWithoutHeadersThatAreTooLarge() {
        var kept = TruncatedRecord.of(unreadable(null, List.of(new RawRecord.Header("h", new byte[LARGEST]))));

        assertThat(kept.original().headers()).isEmpty();
        assertThat(kept.original().value()).isNull();
    }

    private static ParkedAction unreadable(byte[] value, List<RawRecord.Header> headers) {
        var original = new RawRecord(new RecordPosition("user-actions", 0, 1), 0, new byte[3], value, headers);
        return new ParkedAction(
                original, null, null, List.of(Failure.unreadable("it is no JSON", Instant.EPOCH)), null, false, false);
    }
}
