package dev.errand.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Coordinates;
import dev.errand.action.Original;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExcerptTest {

    private static final int LARGEST = 8 << 20;

    @Test
    void shouldLeaveWhatIsSmallEnoughAsItIs() {
        var parked = unreadable(new byte[LARGEST - 10], List.of(new Original.Header("h", new byte[2])));

        assertThat(Excerpt.of(parked)).isSameAs(parked);
    }

    @Test
    void shouldKeepTheBeginningAndSaySo() {
        var value = new byte[LARGEST + 1];
        value[0] = 7;
        var header = new Original.Header("h", new byte[2]);

        var kept = Excerpt.of(unreadable(value, List.of(header)));

        assertThat(kept.original().value()).hasSize(LARGEST).startsWith((byte) 7);
        assertThat(kept.original().key()).hasSize(3);
        assertThat(kept.original().headers()).containsExactly(header);
        assertThat(kept.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.isUnreadable()).isTrue();
            assertThat(failure.message())
                    .contains("the first 8388608 bytes", "all 8388615 are in Kafka", "it is no JSON");
        });
    }

    @Test
    void shouldDoWithoutHeadersThatAreTooMany() {
        var header = new Original.Header("h", new byte[0]);

        var kept = Excerpt.of(unreadable(null, Collections.nCopies(LARGEST / 30, header)));

        assertThat(kept.original().headers()).isEmpty();
    }

    @Test
    void shouldDoWithoutHeadersThatAreTooLarge() {
        var kept = Excerpt.of(unreadable(null, List.of(new Original.Header("h", new byte[LARGEST]))));

        assertThat(kept.original().headers()).isEmpty();
        assertThat(kept.original().value()).isNull();
    }

    private static Parked unreadable(byte[] value, List<Original.Header> headers) {
        var original = new Original(new Coordinates("user-actions", 0, 1), 0, new byte[3], value, headers);
        return new Parked(
                original, null, null, List.of(Failure.unreadable("it is no JSON", Instant.EPOCH)), null, false, false);
    }
}
