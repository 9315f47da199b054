package dev.errand.service.console;

import dev.errand.service.status.StatusView.Minute;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A small bar chart of the last hour, with a bar for each minute.
 *
 * @param title what it counts
 * @param kind the CSS class that colours it
 * @param total the count of the whole hour
 * @param most the largest count of a minute
 * @param bars in order of time; minutes without a count have none
 */
record Chart(String title, String kind, long total, long most, List<Bar> bars) {

    static final int HEIGHT = 60;
    private static final int WIDTH_OF_BAR = 5;

    /**
     * @param x from the left
     * @param y from the top
     */
    record Bar(int x, int y, int height, long count, Instant minute) {}

    /** @param outcomes the outcomes that are counted together */
    static Chart of(String title, String kind, List<Minute> minutes, Set<String> outcomes) {
        var counts = minutes.stream()
                .map(minute -> minute.outcomes().entrySet().stream()
                        .filter(outcome -> outcomes.contains(outcome.getKey()))
                        .mapToLong(Map.Entry::getValue)
                        .sum())
                .toList();
        long most = counts.stream().mapToLong(Long::longValue).max().orElse(0);
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            long count = counts.get(i);
            if (count > 0) {
                // Even the smallest count has to be visible.
                int height = (int) Math.max(2, count * HEIGHT / most);
                bars.add(new Bar(
                        i * WIDTH_OF_BAR,
                        HEIGHT - height,
                        height,
                        count,
                        minutes.get(i).minute()));
            }
        }
        return new Chart(title, kind, counts.stream().mapToLong(Long::longValue).sum(), most, bars);
    }
}
