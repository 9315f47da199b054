package dev.errand.engine.liveness;

import static dev.errand.testsupport.Waiting.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicThreadTest {

    @Test
    void shouldGoOnAfterAnExceptionThatAStepDidNotExpect() throws Exception {
        var steps = new AtomicInteger();
        var second = new CountDownLatch(1);
        var thread = new PeriodicThread("tested", () -> {
            if (steps.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("Missing");
            }
            second.countDown();
            return Duration.ofDays(1);
        });

        thread.start();
        var wentOn = second.await(SOON.toSeconds(), TimeUnit.SECONDS);
        thread.stop(SOON);

        assertThat(wentOn).isTrue();
        assertThat(thread.isStopping()).isTrue();
    }

    @Test
    void shouldEndInTheMiddleOfAWait() throws Exception {
        var waiting = new CountDownLatch(1);
        var steps = new AtomicInteger();
        var thread = new PeriodicThread("tested", () -> {
            steps.incrementAndGet();
            waiting.countDown();
            return Duration.ofDays(1);
        });
        thread.start();
        assertThat(waiting.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        var began = System.nanoTime();
        thread.stop(Duration.ofMinutes(10));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
        assertThat(steps).hasValue(1);
    }
}
