package dev.errand.engine.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.engine.logging.RateLimitedLog.Kind;
import dev.errand.testsupport.LogLines;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateLimitedLogTest {

    private static final Logger LOG = Logger.getLogger(RateLimitedLogTest.class);
    private static final Pattern MORE = Pattern.compile("([\\d,]+) more .*");

    private final List<Runnable> due = new ArrayList<>();
    private final RateLimitedLog limited = new RateLimitedLog((delay, run) -> {
        assertThat(delay).hasSeconds(10);
        synchronized (due) {
            due.add(run);
        }
    });
    private final LogLines log = LogLines.of("dev.errand.engine.logging");

    @AfterEach
    void close() {
        log.close();
    }

    private void fail(String error) {
        limited.log(kind(error), () -> LOG.warnf("The first that failed with %s", error));
    }

    private static Kind kind(String error) {
        return new Kind(RateLimitedLogTest.class, Level.WARN, "action", "of type a.b failed with " + error);
    }

    private void tenSecondsPass() {
        List<Runnable> now;
        synchronized (due) {
            now = List.copyOf(due);
            due.clear();
        }
        now.forEach(Runnable::run);
    }

    private long counted() {
        return log.lines().stream()
                .map(MORE::matcher)
                .mapToLong(matcher ->
                        matcher.matches() ? Long.parseLong(matcher.group(1).replaceAll("\\D", "")) : 1)
                .sum();
    }

    @Test
    void shouldWriteADozenLinesAtMostWithRightCountsWhenTenThousandOfThreeKindsFail() throws Exception {
        // Given
        var threads = Executors.newFixedThreadPool(8);
        var next = new AtomicInteger();
        var halfway = new CountDownLatch(5_000);

        // When
        for (int thread = 0; thread < 8; thread++) {
            threads.execute(() -> {
                for (int i = next.getAndIncrement(); i < 10_000; i = next.getAndIncrement()) {
                    fail("kind " + i % 3);
                    halfway.countDown();
                }
            });
        }
        halfway.await();
        tenSecondsPass();
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        tenSecondsPass();
        tenSecondsPass();

        // Then
        assertThat(log.lines()).hasSizeLessThanOrEqualTo(12);
        assertThat(counted()).isEqualTo(10_000);
        assertThat(due).as("kinds that are over").isEmpty();
    }

    @Test
    void shouldTellANewKindAtOnceInTheMiddleOfAStorm() {
        for (int i = 0; i < 100; i++) {
            fail("the storm");
        }

        fail("something else");

        assertThat(log.lines())
                .containsExactly("The first that failed with the storm", "The first that failed with something else");
    }

    @Test
    void shouldTellTheCountInWordsAndAFirstOneAgainAfterASilence() {
        // When
        fail("X");
        fail("X");
        tenSecondsPass();
        for (int i = 0; i < 1_142; i++) {
            fail("X");
        }
        tenSecondsPass();
        tenSecondsPass();
        fail("X");

        // Then
        assertThat(log.lines())
                .containsExactly(
                        "The first that failed with X",
                        "1 more action of type a.b failed with X in the last 10 s",
                        "1,142 more actions of type a.b failed with X in the last 10 s",
                        "The first that failed with X");
    }

    @Test
    void shouldBeBoundedAndCountTogetherWhatIsBeyondWhateverKindsThereAre() {
        for (int i = 0; i < 100_000; i++) {
            fail("made up " + i);
        }
        assertThat(due).hasSize(33);
        tenSecondsPass();

        assertThat(log.lines()).hasSize(34);
        assertThat(log.lines().get(33)).endsWith("more events of other kinds than those logged in the last 10 s");
        assertThat(counted()).isEqualTo(100_000);
    }

    @Test
    void shouldTellWhatIsOnlyCountedWhenEverythingStops() {
        for (int i = 0; i < 8; i++) {
            fail("X");
        }

        limited.close();
        tenSecondsPass();

        assertThat(log.lines())
                .containsExactly(
                        "The first that failed with X", "7 more actions of type a.b failed with X in the last 10 s");
    }
}
