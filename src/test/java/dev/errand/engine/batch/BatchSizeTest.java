package dev.errand.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchSizeTest {

    private final BatchSize size = new BatchSize(500, Duration.ofMillis(200));

    @Test
    void shouldStartSmallAndGrowToTheLimitWithCheapActions() {
        assertThat(size.next()).isEqualTo(32);

        size.took(32, Duration.ofMillis(3));

        assertThat(size.next()).isEqualTo(500);
    }

    @Test
    void shouldTakeAsManySlowActionsAsFitTheTarget() {
        size.took(32, Duration.ofMillis(32 * 20));

        assertThat(size.next()).isEqualTo(10);
    }

    @Test
    void shouldRecoverSoonAfterAnOutage() {
        size.took(500, Duration.ofMillis(20));
        size.took(500, Duration.ofMinutes(10));

        assertThat(size.next()).isPositive();
        for (int i = 0; i < 30; i++) {
            size.took(size.next(), Duration.ofNanos(size.next() * 50_000L));
        }

        assertThat(size.next()).isEqualTo(500);
    }
}
