package dev.errand.engine.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnderWayTest {

    private long now;
    private final UnderWay<String> underWay = new UnderWay<>(Duration.ofSeconds(150), () -> now);

    @Test
    void shouldForgiveWhatIsMerelySlowAndNotWhatHangs() {
        underWay.begin("hangs", 1);
        now += Duration.ofSeconds(100).toNanos();
        underWay.begin("slow", 2);
        underWay.begin("over", 0);
        underWay.end("over");
        now += Duration.ofSeconds(100).toNanos();

        assertThat(underWay.merelySlow()).containsExactly("slow");
        assertThat(underWay.unendedBefore("slow")).isEqualTo(2);
        assertThat(underWay.unendedBefore("over")).isZero();
    }
}
