package dev.errand.service.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.service.status.StatusView.Minute;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChartTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void shouldDrawABarForEachMinuteInWhichSomethingHappened() {
        var minutes = List.of(
                new Minute(NOON, Map.of("done", 1000L, "failed", 7L)),
                new Minute(NOON.plusSeconds(60), Map.of()),
                new Minute(NOON.plusSeconds(120), Map.of("done", 1L)));

        var chart = Chart.of("Done", "good", minutes, Set.of("done"));

        assertThat(chart.total()).isEqualTo(1001);
        assertThat(chart.most()).isEqualTo(1000);
        assertThat(chart.bars())
                .containsExactly(
                        new Chart.Bar(0, 0, Chart.HEIGHT, 1000, NOON),
                        new Chart.Bar(10, Chart.HEIGHT - 2, 2, 1, NOON.plusSeconds(120)));
    }

    @Test
    void shouldDrawNothingWhereNothingHappened() {
        assertThat(Chart.of("Done", "good", List.of(new Minute(NOON, Map.of())), Set.of("done"))
                        .bars())
                .isEmpty();
    }
}
