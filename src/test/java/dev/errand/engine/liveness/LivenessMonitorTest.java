package dev.errand.engine.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.testsupport.LogLines;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which threads are reported as stuck or ended. */
class LivenessMonitorTest {

    private static final Duration LIMIT = Duration.ofSeconds(150);

    private final AtomicLong nanoTime = new AtomicLong();
    private final LivenessMonitor liveness = new LivenessMonitor(LIMIT, nanoTime::get);
    private final CountDownLatch began = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void endThreads() {
        end.countDown();
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }

    /** Stands for a handler that hangs. */
    private void hang() {
        began.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldTellOfAThreadThatIsAtOneStepForLongerThanAnyCanTake() throws Exception {
        liveness.start("errand-worker-1", heartbeat -> hang());
        began.await();
        pass(LIMIT);
        assertThat(liveness.troubles()).as("at the limit").isEmpty();

        pass(Duration.ofSeconds(1));

        assertThat(liveness.troubles()).containsExactly("errand-worker-1 has been at one step for 151 s");
    }

    @Test
    void shouldLogOnceWhereAStuckThreadIs() throws Exception {
        try (var log = LogLines.of(LivenessMonitor.class.getName())) {
            liveness.start("errand-worker-1", heartbeat -> hang());
            began.await();
            pass(LIMIT.plusSeconds(1));

            liveness.troubles();
            liveness.troubles();

            assertThat(String.join("|", log.lines()))
                    .containsOnlyOnce("one step")
                    .contains("LivenessMonitorTest.hang");
        }
    }

    @Test
    void shouldNotTakeOneThatWaitsForStuck() throws Exception {
        liveness.start("errand-worker-1", heartbeat -> {
            heartbeat.rest();
            hang();
        });
        began.await();

        pass(Duration.ofDays(1));

        assertThat(liveness.troubles()).isEmpty();
    }

    @Test
    void shouldNotTakeALongOutageForStuckWhenEachTryIsAStep() {
        var heartbeat = liveness.begin("a worker");

        for (int tries = 0; tries < 100; tries++) {
            pass(LIMIT);
            heartbeat.beat();
        }

        assertThat(liveness.troubles()).isEmpty();
    }

    @Test
    void shouldTellOfAThreadThatHasEnded() throws Exception {
        var thread = liveness.start("errand-retrier-1", heartbeat -> {});

        thread.join();

        assertThat(liveness.troubles()).containsExactly("errand-retrier-1 has ended");
    }

    @Test
    void shouldLetThreadsEndWhenAllStops() throws Exception {
        var thread = liveness.start("errand-worker-1", heartbeat -> hang());
        began.await();
        liveness.stop();
        end.countDown();

        thread.join();

        assertThat(liveness.troubles()).isEmpty();
    }

    @Test
    void shouldTellOfNoneThatIsForgotten() {
        var heartbeat = liveness.begin("The consumer of user-actions");
        pass(LIMIT.plusSeconds(1));
        assertThat(liveness.troubles()).hasSize(1);

        liveness.forget(heartbeat);

        assertThat(liveness.troubles()).isEmpty();
    }

    @Test
    void shouldBeWellAgainWhenTheStepEnds() {
        var heartbeat = liveness.begin("a worker");
        pass(LIMIT.plusSeconds(1));
        assertThat(liveness.troubles()).hasSize(1);

        heartbeat.beat();

        assertThat(liveness.troubles()).isEmpty();
    }
}
