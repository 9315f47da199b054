package dev.errand.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.action.Action;
import dev.errand.action.ActionKey;
import dev.errand.action.RecordPosition;
import dev.errand.engine.observation.WorkObserver.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the metrics count of the workers' events. */
class WorkMetricsTest {

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final WorkMetrics meters = new WorkMetrics(registry, new BoundedTypeTag(Set.of("order.placed"), 2));

    private static Action<String> action(String topic, String type) {
        return new Action<>(
                new ActionKey("", "1"), type, "u", Instant.EPOCH, "{}", null, new RecordPosition(topic, 0, 0));
    }

    private double count(String topic, String type, String outcome) {
        return registry.get("errand.actions")
                .tags("topic", topic, "type", type, "outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void shouldCountABatchByTopicTypeAndOutcome() {
        meters.onOutcome(Outcome.DONE, List.of(action("a", "x"), action("b", "x"), action("a", "x"), action("a", "y")));
        meters.onOutcome(Outcome.BLOCKED, List.of(action("a", "x")));

        assertThat(count("a", "x", "done")).isEqualTo(2);
        assertThat(count("a", "y", "done")).isEqualTo(1);
        assertThat(count("b", "x", "done")).isEqualTo(1);
        assertThat(count("a", "x", "blocked")).isEqualTo(1);
        assertThat(count("a", "y", "blocked")).isZero();
    }

    @Test
    void shouldCountTypesBeyondTheLimitTogetherButHandledOnesAlways() {
        IntStream.range(0, 1000).forEach(i -> meters.onOutcome(Outcome.DONE, List.of(action("a", "made-up-" + i))));

        meters.onOutcome(Outcome.DONE, List.of(action("a", "order.placed"), action("a", "made-up-1")));

        assertThat(count("a", "made-up-0", "done")).isEqualTo(1);
        assertThat(count("a", "made-up-1", "done")).isEqualTo(2);
        assertThat(count("a", "order.placed", "done")).isEqualTo(1);
        assertThat(count("a", "other", "done")).isEqualTo(998);
        assertThat(registry.find("errand.actions").tag("outcome", "done").counters())
                .hasSize(4);
    }

    @Test
    void shouldCountWhatCannotBeReadWithoutAType() {
        meters.onUnreadable(
                List.of(new RecordPosition("a", 0, 1), new RecordPosition("a", 1, 1), new RecordPosition("b", 0, 1)));

        assertThat(count("a", "", "unreadable")).isEqualTo(2);
        assertThat(count("b", "", "unreadable")).isEqualTo(1);
    }
}
