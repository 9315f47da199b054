package dev.errand.bench;

import java.util.ArrayList;
import java.util.List;

/** How long an action takes from Kafka's timestamp until it is visible in MySQL, when there is little to do. */
final class Latency {

    private static final int[] RATES = {50, 500};
    private static final int WARM_UP = 5_000;

    private final Settings settings;
    private final Stage stage;
    private final List<Figure> all = new ArrayList<>();

    private record Figure(String contender, int rate, double p50, double p95, double p99, double most) {}

    Latency(Settings settings, Stage stage) {
        this.settings = settings;
        this.stage = stage;
    }

    void run() {
        Report.line(
                "%-9s %7s %10s %9s %9s %9s %9s",
                "program", "round", "actions/s", "p50 ms", "p95 ms", "p99 ms", "max ms");
        for (int round = 1; round <= settings.rounds(); round++) {
            for (var contender : Contender.order(settings, round)) {
                measure(contender, round);
            }
        }
        Contender.order(settings, 1).forEach(contender -> {
            for (int rate : RATES) {
                summary(contender.name(), rate);
            }
        });
    }

    private void measure(Contender contender, int round) {
        try (var feed = new Feed(settings, stage, contender, round)) {
            feed.send(WARM_UP, 500);
            for (int rate : RATES) {
                var latencies = feed.send(rate * settings.number("seconds", 20), rate);
                var figure = new Figure(
                        contender.name(),
                        rate,
                        quantile(latencies, 0.5),
                        quantile(latencies, 0.95),
                        quantile(latencies, 0.99),
                        quantile(latencies, 1));
                row(String.valueOf(round), figure);
                all.add(figure);
            }
            feed.finish();
        }
    }

    private void summary(String contender, int rate) {
        var own = all.stream()
                .filter(figure -> figure.contender.equals(contender) && figure.rate == rate)
                .toList();
        row(
                "median",
                new Figure(
                        contender,
                        rate,
                        Report.median(own, Figure::p50),
                        Report.median(own, Figure::p95),
                        Report.median(own, Figure::p99),
                        Report.median(own, Figure::most)));
    }

    private static void row(String round, Figure figure) {
        Report.line(
                "%-9s %7s %10d %9.1f %9.1f %9.1f %9.1f",
                figure.contender, round, figure.rate, figure.p50, figure.p95, figure.p99, figure.most);
    }

    private static double quantile(List<Double> values, double share) {
        return Report.quantile(values.stream().mapToDouble(Double::doubleValue), share);
    }
}
