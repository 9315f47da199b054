package dev.errand.engine.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    @Test
    void shouldAddUpToAllItsDelaysWithTheirJitter() {
        var policy = new RetryPolicy(4, Duration.ofSeconds(10), 2, Duration.ofSeconds(25), 0.2);

        assertThat(policy.longest()).isEqualTo(Duration.ofSeconds((10 + 20 + 25 + 25) * 12 / 10));
    }

    @Test
    void shouldNeverTryForLongerThanItSays() {
        var policy = new RetryPolicy(10, Duration.ofSeconds(10), 2.8, Duration.ofDays(2), 0.2);
        var random = new Random(20261124);

        for (int run = 0; run < 1000; run++) {
            var all = Duration.ZERO;
            for (int failed = 0; failed < 10; failed++) {
                all = all.plus(policy.delay(failed, random));
            }
            assertThat(all).isLessThanOrEqualTo(policy.longest());
        }
    }
}
