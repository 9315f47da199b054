package dev.errand.service.console;

import dev.errand.service.status.StatusView.Minute;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A small bar chart of the last hour, a bar for each minute.
 *
 * @param title what it counts
 * @param kind how it is coloured
 * @param total of the hour
 * @param most in a minute
 * @param bars in the order of time
 */
record Chart(String title, String kind, long total, long most, List<Bar> bars) {

    static final int HEIGHT = 60;
    private static final int WIDTH_OF_BAR = 5;

    /** From the left, from the top. */
    record Bar(int x, int y, int height, long count, Instant minute) {}

    /** @param outcomes which are counted together */
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
                // What happened at all is to be seen, however small.
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
