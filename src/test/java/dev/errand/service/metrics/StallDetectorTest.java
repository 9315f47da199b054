package dev.errand.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.engine.intake.EngineStatus;
import dev.errand.engine.offsets.ConsumerGroup;
import dev.errand.service.metrics.StallDetector.Stall;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StallDetectorTest {

    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final Duration STEP = Duration.ofSeconds(10);

    private long now;
    private final StallDetector watch = new StallDetector(Duration.ofSeconds(60), Duration.ofSeconds(35), () -> now);

    @Test
    void shouldTellOnceOfAPartitionThatBringsNothingThoughThereIsMore() {
        assertThat(stalledAfter(6, 100, 120, 0, true)).isEmpty();

        assertThat(look(100, 120, 0, true)).containsExactly(new Stall(PARTITION, 100));
        assertThat(watch.stalled()).containsExactly("t-0");
        assertThat(look(100, 130, 0, true)).as("known").isEmpty();
        assertThat(look(100, 130, 0, false)).as("paused in between").isEmpty();
        assertThat(watch.stalled()).containsExactly("t-0");

        look(101, 130, 0, true);
        assertThat(watch.stalled()).isEmpty();
    }

    @Test
    void shouldTellBeforeTheFirstRecordToo() {
        stalledAfter(6, -1, 120, 0, true);

        assertThat(look(-1, 120, 0, true)).containsExactly(new Stall(PARTITION, 90));
    }

    @Test
    void shouldTellNothingOfWhatGetsOnOrHasNoMoreOrIsAtWorkOrAsksForNothing() {
        for (int i = 0; i < 20; i++) {
            assertThat(look(100 + i, 1_000, 0, true)).as("gets on").isEmpty();
        }
        assertThat(stalledAfter(20, 200, 200, 0, true)).as("no more").isEmpty();
        assertThat(stalledAfter(20, 200, 300, 3, true)).as("at work").isEmpty();
        assertThat(stalledAfter(20, 200, 300, 0, false)).as("asks for nothing").isEmpty();
    }

    @Test
    void shouldBeginAnewAfterNobodyLooked() {
        stalledAfter(3, 100, 120, 0, true);
        now += Duration.ofSeconds(90).toNanos();

        assertThat(look(100, 120, 0, true)).isEmpty();
        assertThat(stalledAfter(5, 100, 120, 0, true)).isEmpty();
        assertThat(look(100, 120, 0, true)).hasSize(1);
    }

    @Test
    void shouldForgetAPartitionThatIsAnothersNow() {
        stalledAfter(7, 100, 120, 0, true);
        assertThat(watch.stalled()).isNotEmpty();

        watch.look(List.of(), List.of(), true);

        assertThat(watch.stalled()).isEmpty();
    }

    private List<Stall> stalledAfter(int looks, long next, long end, int unfinished, boolean asks) {
        List<Stall> last = List.of();
        for (int i = 0; i < looks; i++) {
            last = look(next, end, unfinished, asks);
        }
        return last;
    }

    private List<Stall> look(long next, long end, int unfinished, boolean asks) {
        now += STEP.toNanos();
        return watch.look(
                List.of(new ConsumerGroup.Partition(PARTITION, "id", new OffsetAndMetadata(90), 0, end, "host")),
                List.of(new EngineStatus.Partition("t", 0, next, unfinished, null, true)),
                asks);
    }
}
