package dev.errand.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Prints measurements as tables. */
final class Report {

    private static final PrintStream OUT = System.out;

    private Report() {}

    static void line(String format, Object... values) {
        OUT.printf(Locale.ROOT, format + "%n", values);
    }

    static void head() {
        line(
                "%-9s %7s %10s %12s %17s %20s %14s",
                "program", "round", "actions/s", "first row s", "CPU s/100k: it", "CPU s/100k: mysqld", "peak MiB");
    }

    static void row(Measurement m) {
        row(m.contender(), String.valueOf(m.round()), m);
    }

    private static void row(String contender, String round, Measurement m) {
        line(
                "%-9s %7s %10.0f %12.1f %17.2f %20.2f %14d",
                contender, round, m.rate(), m.firstRow(), m.applicationCpu(), m.mysqldCpu(), m.peakMemory());
    }

    /** The medians, and what they are to the other's, round by round. */
    static void summary(List<Measurement> all) {
        var contenders = all.stream().map(Measurement::contender).distinct().toList();
        contenders.forEach(contender -> row(contender, "median", median(of(all, contender))));
        if (contenders.size() == 2) {
            var other = contenders.stream()
                    .filter(contender -> !contender.equals("errand"))
                    .findFirst()
                    .orElseThrow();
            line("errand to %s, actions/s: %s", other, ratios(of(all, "errand"), of(all, other)));
        }
    }

    static List<Measurement> of(List<Measurement> all, String contender) {
        return all.stream().filter(m -> m.contender().equals(contender)).toList();
    }

    private static Measurement median(List<Measurement> all) {
        return new Measurement(
                all.get(0).contender(),
                0,
                median(all, Measurement::rate),
                median(all, Measurement::firstRow),
                median(all, Measurement::applicationCpu),
                median(all, Measurement::mysqldCpu),
                Math.round(median(all, Measurement::peakMemory)));
    }

    static <T> double median(List<T> all, ToDoubleFunction<T> figure) {
        return quantile(all.stream().mapToDouble(figure), 0.5);
    }

    private static String ratios(List<Measurement> errand, List<Measurement> other) {
        var ratios = errand.stream()
                .mapToDouble(m -> m.rate()
                        / other.stream()
                                .filter(c -> c.round() == m.round())
                                .findFirst()
                                .orElseThrow()
                                .rate())
                .toArray();
        return String.format(
                Locale.ROOT,
                "median %.2f, range %.2f to %.2f",
                quantile(Arrays.stream(ratios), 0.5),
                quantile(Arrays.stream(ratios), 0),
                quantile(Arrays.stream(ratios), 1));
    }

    /** @param share 0 for the least, 1 for the most; between two values it takes what lies between them */
    static double quantile(DoubleStream values, double share) {
        var sorted = values.sorted().toArray();
        var position = share * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
